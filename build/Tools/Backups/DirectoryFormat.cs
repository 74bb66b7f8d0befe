using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// pg_dump's directory format, for large databases: several connections dump in one snapshot and restore at once. Its
/// files lie on a disk (TMPDIR) until they are in the store. Its SQL is what pg_restore writes out of them: byte for
/// byte that of a plain dump, so the proof is the same.
/// </summary>
internal sealed class DirectoryFormat(PostgresPrograms programs, int jobs) : IDumpFormat
{
    public string Compression(int level) => $"pg_dump's directory format, gzip level {level}, as tar";

    public async Task<ImmutableArray<DumpedFile>> WriteAsync(
        DumpOrder order,
        SqlDigest digest,
        Stream stored,
        CancellationToken cancellation
    )
    {
        using var spool = new DumpSpool();
        await DumpAsync(order, spool.Files, cancellation);
        ImmutableArray<DumpedFile> files = [];
        await Together.RunAsync(
            cancellation,
            async token => files = await DumpArchive.PackAsync(spool.Files, stored, order.StartedAt, token),
            token =>
                SqlDump.ReadAsync(
                    PostgresCommands.ArchiveSql(programs, spool.Files, order.RestrictKey),
                    digest,
                    onSql: null,
                    order.OnSql,
                    token
                )
        );
        digest.DemandTrailer(order.RestrictKey);
        return files;
    }

    public async Task RestoreAsync(
        StoredBackup stored,
        Postgres target,
        string application,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        using var spool = new DumpSpool();
        Directory.CreateDirectory(spool.Files);
        await UnpackAsync(stored, spool.Files, onProgress, cancellation);
        using var restore = new DumpProcess(
            PostgresCommands.RestoreArchive(programs, target.Url, spool.Files, jobs, application)
        );
        try
        {
            await restore.WaitAsync(cancellation);
        }
        catch (CommandFailedException failure)
        {
            throw new PipelineException($"'{stored.Name}' cannot be restored: {failure.Message}", inner: failure);
        }
    }

    private async Task DumpAsync(DumpOrder order, string folder, CancellationToken cancellation)
    {
        var command = PostgresCommands.DumpFiles(
            programs,
            order.Server.Url,
            folder,
            jobs,
            order.Request.CompressionLevel,
            order.Snapshot,
            order.Application,
            order.Request.LockWait
        );
        var ended = false;
        try
        {
            using var dump = new DumpProcess(command);
            await dump.WaitAsync(cancellation);
            ended = true;
        }
        finally
        {
            if (!ended)
                await order.Server.EndLeftBackendsAsync(order.Application);
        }
    }

    private static async Task UnpackAsync(
        StoredBackup stored,
        string folder,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        await using var object_ = await ReadBack.OpenAsync(stored, cancellation);
        Exception? failure = null;
        try
        {
            await DumpArchive.UnpackAsync(object_.Content, stored.Files, folder, onProgress, cancellation);
        }
        catch (Exception met) when (met is InvalidDataException or IOException or FormatException)
        {
            failure = met;
        }
        await object_.DemandAsync(stored.Name, stored.Backup, cancellation);
        if (failure is not null)
            throw new PipelineException(
                $"'{stored.Name}' cannot be unpacked into {Path.GetTempPath()}: {failure.Message}",
                expected: "the files that its metadata names, and room for them",
                next: "TMPDIR=<a folder with room> before the same command",
                inner: failure
            );
    }
}
