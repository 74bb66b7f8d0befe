using System.Buffers;
using System.IO.Compression;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Reads a backup from its store into an empty database, and verifies in the same pass that it is the one that was written.</summary>
internal sealed class SqlRestore(PostgresPrograms programs)
{
    private const int BufferBytes = 256 * 1024;

    /// <exception cref="PipelineException">The object is not what was written, or psql refused it.</exception>
    public async Task RunAsync(
        StoredBackup stored,
        Postgres target,
        string applicationName,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        await using var object_ = await ReadBack.OpenAsync(stored, cancellation);
        using var digest = new SqlDigest();
        using var psql = new RestoreProcess(PostgresCommands.Restore(programs, target.Url, applicationName));
        Exception? failure = null;
        try
        {
            await using (cancellation.Register(psql.Kill))
            {
                await Task.Run(
                    () => PumpAsync(object_.Content, digest, psql, onProgress, cancellation),
                    CancellationToken.None
                );
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

        await object_.DemandAsync(stored.Name, stored.Backup, cancellation);
        if (failure is not null)
            throw failure is PipelineException
                ? failure
                : new PipelineException(
                    $"'{stored.Name}' cannot be restored: {await ReasonAsync(psql, failure)}",
                    inner: failure
                );
        digest.DemandTrailer(stored.RestrictKey);
        if (digest.Sha256() != stored.Backup.SqlSha256)
        {
            throw new PipelineException(
                $"the SQL in '{stored.Name}' is not what was dumped: SHA-256 {digest.Sha256()}",
                expected: stored.Backup.SqlSha256
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
            await using var sql = new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true);
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
}
