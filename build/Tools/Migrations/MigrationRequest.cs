using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Migrations;

namespace Slipway.Tools;

public sealed record MigrationRequest
{
    public required string DeploymentId { get; init; }

    public required string Environment { get; init; }

    public required PostgresUrl Database { get; init; }

    public required MigrationTool Tool { get; init; }

    /// <summary>What the run folder holds; null when it holds none.</summary>
    public required BackupResult? Backup { get; init; }

    public BackupProofRule ProofRule { get; init; } = new(FirstDeploymentAllowed: false);

    /// <summary>How long a statement waits for a lock; zero: for ever, and then every strong lock is unsafe.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Versions that serve or could serve again inside the rollback window. Null: nobody looked.</summary>
    public ImmutableArray<ReadingVersion>? Readers { get; init; }

    /// <summary>Reason given with <c>--force</c>; null: nothing is overridden.</summary>
    public string? ForceReason { get; init; }

    /// <summary>File that gets a JSON line for every statement with its duration; null: none is written.</summary>
    public string? StatementLog { get; init; }

    /// <summary>Every line of the statement log passes here: a statement may hold a password.</summary>
    public Func<string, string> Redact { get; init; } = text => text;
}

/// <summary>What would be applied, and whether it may.</summary>
public sealed record MigrationPlan(
    ImmutableArray<string> Applied,
    ImmutableArray<MigrationFile> Pending,
    ImmutableArray<StatementFinding> Findings,
    MigrationDecision Decision,
    MigrationDrift Drift
);
