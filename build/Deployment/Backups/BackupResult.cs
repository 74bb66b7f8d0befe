using System.Collections.Immutable;
using Slipway.Runs;

namespace Slipway.Backups;

/// <param name="Name">Schema-qualified and quoted where needed, e.g. <c>public.users</c>.</param>
/// <param name="Checksum">Sum over the rows of <c>hashtextextended(row::text, 0)</c>, as text; order does not matter.</param>
public sealed record TableFingerprint(string Name, long Rows, string Checksum);

/// <summary>What the proof did: the object was read back, restored into a scratch database, and dumped again.</summary>
/// <param name="SourceSqlSha256">Of the SQL stream when the backup was made.</param>
/// <param name="RestoredSqlSha256">Of the SQL stream of a dump of the restored database; equal when the proof holds.</param>
public sealed record BackupProof(
    string Method,
    bool Passed,
    string SourceSqlSha256,
    string RestoredSqlSha256,
    int TablesCompared,
    long RowsCompared,
    double RestoreSeconds,
    double TotalSeconds,
    string Detail
);

/// <summary>Output of Backup: where it is, what is in it, and that it can be restored. Migrate demands <see cref="Proof"/>.</summary>
public sealed record BackupResult : StageOutput, IStageFile
{
    public static string FileName => "backup/backup.json";

    /// <summary><c>backup-&lt;deployment-id&gt;</c>; null when there is no database yet.</summary>
    public string? BackupId { get; init; }

    /// <summary>URL of the object: <c>file:///…</c> or <c>s3://bucket/env/backup-….sql.gz</c> (or <c>.dir.tar</c>).</summary>
    public string? Location { get; init; }

    public BackupFormat Format { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public long CompressedBytes { get; init; }

    /// <summary>Of the SQL that the object is, or that its files are written out as.</summary>
    public long SqlBytes { get; init; }

    public string? ObjectSha256 { get; init; }

    public string? SqlSha256 { get; init; }

    public string? ServerVersion { get; init; }

    public string? ClientVersion { get; init; }

    /// <summary>Write-ahead log position of the snapshot, e.g. <c>0/15D4F88</c>.</summary>
    public string? Lsn { get; init; }

    public ImmutableArray<TableFingerprint> Tables { get; init; } = [];

    public double DumpSeconds { get; init; }

    public BackupProof? Proof { get; init; }

    public DateTimeOffset? RetainUntil { get; init; }
}
