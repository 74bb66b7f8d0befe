using System.Collections.Immutable;
using Slipway.Backups;

namespace Slipway.Tools;

/// <summary>The SQL as gzip: what is dumped is compressed on several cores and stored while it is being dumped.</summary>
internal sealed class SqlFormat(PostgresPrograms programs, int workers) : IDumpFormat
{
    public string Compression(int level) => $"gzip, members of 1 MiB, level {level}";

    public async Task<ImmutableArray<DumpedFile>> WriteAsync(
        DumpOrder order,
        SqlDigest digest,
        Stream stored,
        CancellationToken cancellation
    )
    {
        await using var gzip = new ParallelGzipStream(stored, order.Request.CompressionLevel, workers);
        await new SqlDump(programs, order.Server, order.Request.LockWait).RunAsync(
            order.Snapshot,
            order.RestrictKey,
            order.Application,
            digest,
            sql => gzip.Write(sql.Span),
            order.OnSql,
            cancellation
        );
        await gzip.CompleteAsync();
        return [];
    }

    public Task RestoreAsync(
        StoredBackup stored,
        Postgres target,
        string application,
        Action<long>? onProgress,
        CancellationToken cancellation
    ) => new SqlRestore(programs).RunAsync(stored, target, application, onProgress, cancellation);
}
