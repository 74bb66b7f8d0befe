using Slipway.Backups;

namespace Slipway.Tools;

public sealed record BackupRequest
{
    public required string Environment { get; init; }

    public required string DeploymentId { get; init; }

    public required PostgresUrl Database { get; init; }

    public required IBackupStore Store { get; init; }

    public PostgresPrograms Programs { get; init; } = new();

    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(365);

    /// <summary>0–9 as zlib counts them; 3 is a fifth faster and 3 % larger than 6.</summary>
    public int CompressionLevel { get; init; } = 6;

    /// <summary>0: as many as the machine has cores.</summary>
    public int Workers { get; init; }

    /// <summary>How long pg_dump waits for a table that somebody holds exclusively.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Server on which the proof restores; null: the same server. Its user creates databases and, where they are
    /// missing, roles without login.
    /// </summary>
    public PostgresUrl? ProofServer { get; init; }
}

public enum BackupPhase
{
    Dump,
    Restore,
    DumpAgain,
    Compare,
}

/// <param name="SqlBytes">Bytes of SQL that have passed in this phase.</param>
/// <param name="ExpectedSqlBytes">How many there will be; null while nobody knows.</param>
public readonly record struct BackupProgress(BackupPhase Phase, long SqlBytes, long? ExpectedSqlBytes);
