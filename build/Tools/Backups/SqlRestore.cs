using System.Buffers;
using System.IO.Compression;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Reads a backup from its store into an empty database, and verifies in the same pass that it is the one that was written.</summary>
internal sealed class SqlRestore(PostgresPrograms programs)
{
    private const int BufferBytes = 256 * 1024;

    /// <exception cref="PipelineException">The object is not what was written, or psql refused it.</exception>
    public async Task RunAsync(
        IBackupStore store,
        string name,
        BackupResult backup,
        string? restrictKey,
        Postgres target,
        string applicationName,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        await using var raw = await store.OpenReadAsync(name, cancellation);
        await using var stored = new HashingStream(raw);
        using var digest = new SqlDigest();
        using var psql = new RestoreProcess(PostgresCommands.Restore(programs, target.Url, applicationName));
        Exception? failure = null;
        try
        {
            await using (cancellation.Register(psql.Kill))
            {
                await Task.Run(() => PumpAsync(stored, digest, psql, onProgress, cancellation), CancellationToken.None);
                psql.CloseInput();
                await psql.WaitAsync(cancellation);
            }
        }
        catch (Exception met) when (met is InvalidDataException or IOException or CommandFailedException)
        {
            failure = met;
        }
        finally
        {
            psql.Kill();
        }
        cancellation.ThrowIfCancellationRequested();

        // A damaged object shows as bad gzip, bad SQL or nothing at all: the hash names the cause, so it speaks first.
        await DrainAsync(stored, cancellation);
        DemandObject(name, stored, backup);
        if (failure is not null)
            throw failure is PipelineException
                ? failure
                : new PipelineException(
                    $"'{name}' cannot be restored: {await ReasonAsync(psql, failure)}",
                    inner: failure
                );
        digest.DemandTrailer(restrictKey);
        if (digest.Sha256() != backup.SqlSha256)
        {
            throw new PipelineException(
                $"the SQL in '{name}' is not what was dumped: SHA-256 {digest.Sha256()}",
                expected: backup.SqlSha256
            );
        }
    }

    private static async Task PumpAsync(
        Stream stored,
        SqlDigest digest,
        RestoreProcess psql,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            // The decompressor asks for 8 KB at a time: from a buffer, or each is a call to the system and garbage.
            var buffered = new BufferedStream(stored, BufferBytes);
            await using var sql = new GZipStream(buffered, CompressionMode.Decompress, leaveOpen: true);
            int count;
            while ((count = await sql.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellation)) > 0)
            {
                digest.Append(buffer.AsSpan(0, count));
                psql.Input.Write(buffer, 0, count);
                onProgress?.Invoke(digest.Bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // psql that stops at an error closes its input: the pipe's error is the shadow of the one that psql printed.
    private static async Task<string> ReasonAsync(RestoreProcess psql, Exception failure)
    {
        if (failure is not IOException || failure is InvalidDataException)
            return failure.Message;
        try
        {
            await psql.WaitAsync(CancellationToken.None);
            return failure.Message;
        }
        catch (CommandFailedException refused)
        {
            return refused.Message;
        }
    }

    private static async Task DrainAsync(Stream stored, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await stored.ReadAsync(buffer, cancellation) > 0) { }
        }
        catch (IOException)
        {
            // The store gave up in the middle: the count of bytes says so.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void DemandObject(string name, HashingStream stored, BackupResult backup)
    {
        if (stored.Bytes != backup.CompressedBytes)
        {
            throw new PipelineException(
                $"the store gives back {stored.Bytes} bytes of '{name}'",
                expected: $"the {backup.CompressedBytes} bytes that were written",
                next: "look at the store: the object is damaged"
            );
        }
        if (stored.Sha256() != backup.ObjectSha256)
        {
            throw new PipelineException(
                $"the store gives back other bytes of '{name}' than were written: SHA-256 {stored.Sha256()}",
                expected: backup.ObjectSha256,
                next: "look at the store: the object is damaged"
            );
        }
    }
}
