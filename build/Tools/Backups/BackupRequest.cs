using Slipway.Backups;

namespace Slipway.Tools;

public sealed record BackupRequest
{
    public required string Environment { get; init; }

    public required string DeploymentId { get; init; }

    public required PostgresUrl Database { get; init; }

    public required IBackupStore Store { get; init; }

    public PostgresPrograms Programs { get; init; } = new();

    public BackupFormat Format { get; init; }

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

    /// <summary>
    /// Compares structure, rows, content and sequences instead of the dump's bytes: what happens by itself when the
    /// proof's server is of another major version, which prints the same schema in other words.
    /// </summary>
    public bool ProveByContent { get; init; }

    /// <summary>How long the store may take for one block of about a megabyte before the backup gives up on it.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromMinutes(5);
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
