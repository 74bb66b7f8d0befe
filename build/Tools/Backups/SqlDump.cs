using System.Buffers;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Runs pg_dump and hands its SQL on, block by block, on a thread of its own.</summary>
internal sealed class SqlDump(PostgresPrograms programs, Postgres server, TimeSpan lockWait)
{
    private const int BufferBytes = 256 * 1024;

    /// <returns>When pg_dump ended well and its trailer was there; <paramref name="digest"/> then knows the whole of it.</returns>
    public async Task RunAsync(
        string? snapshot,
        string? restrictKey,
        string applicationName,
        SqlDigest digest,
        Action<ReadOnlyMemory<byte>>? onSql,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        using var dump = new DumpProcess(
            PostgresCommands.Dump(programs, server.Url, snapshot, restrictKey, applicationName, lockWait)
        );
        var ended = false;
        try
        {
            await using (cancellation.Register(dump.Kill))
                await Task.Run(
                    () => Pump(dump.Output, digest, onSql, onProgress, cancellation),
                    CancellationToken.None
                );
            await dump.WaitAsync(cancellation);
            ended = true;
        }
        finally
        {
            if (!ended)
            {
                dump.Kill();
                await EndBackendAsync(applicationName);
            }
        }
        cancellation.ThrowIfCancellationRequested();
        digest.DemandTrailer(restrictKey);
    }

    private static void Pump(
        Stream output,
        SqlDigest digest,
        Action<ReadOnlyMemory<byte>>? onSql,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count;
            while ((count = output.Read(buffer, 0, BufferBytes)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                digest.Append(buffer.AsSpan(0, count));
                onSql?.Invoke(buffer.AsMemory(0, count));
                onProgress?.Invoke(digest.Bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task EndBackendAsync(string applicationName)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await server.TerminateBackendsAsync(applicationName, limit.Token);
        }
        catch (Exception failure)
            when (failure is PipelineException or OperationCanceledException or Npgsql.NpgsqlException)
        {
            // The server is gone, and its backend with it: the reason why the dump ended is the one to report.
        }
    }
}
