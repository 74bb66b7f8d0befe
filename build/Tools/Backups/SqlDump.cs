using System.Buffers;

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
        var ended = false;
        try
        {
            await ReadAsync(
                PostgresCommands.Dump(programs, server.Url, snapshot, restrictKey, applicationName, lockWait),
                digest,
                onSql,
                onProgress,
                cancellation
            );
            ended = true;
        }
        finally
        {
            if (!ended)
                await server.EndLeftBackendsAsync(applicationName);
        }
        digest.DemandTrailer(restrictKey);
    }

    /// <summary>Hands on what a program writes, until it has ended well; a failure or a cancellation ends it.</summary>
    public static async Task ReadAsync(
        Command command,
        SqlDigest digest,
        Action<ReadOnlyMemory<byte>>? onSql,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        using var program = new DumpProcess(command);
        await using (cancellation.Register(program.Kill))
            await Task.Run(() => Pump(program.Output, digest, onSql, onProgress, cancellation), CancellationToken.None);
        await program.WaitAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
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
}
