using System.Collections.Immutable;
using Slipway.Runs;

namespace Slipway.Migrations;

/// <summary>
/// Expand: the version before works with it. Contract: only once no serving version reads what goes.
/// Unsafe: locks or loses, needs an override with a reason.
/// </summary>
public enum MigrationClass
{
    Expand,
    Contract,
    Unsafe,
}

/// <param name="Rule">The rule that decided, e.g. <c>add-column-volatile-default</c>.</param>
/// <param name="Lock">The strongest lock the statement takes, e.g. <c>ACCESS EXCLUSIVE on users</c>; null when none matters.</param>
/// <param name="SaferWay">What to write instead; null when the statement is fine.</param>
public sealed record StatementFinding(
    string File,
    int Line,
    string Statement,
    MigrationClass Class,
    string Rule,
    string? Lock,
    string? SaferWay
)
{
    /// <summary>What a contracting statement takes away: <c>users</c> or <c>users.email</c>; null where nothing goes.</summary>
    public string? Target { get; init; }
}

public sealed record AppliedMigration(string Version, string File, MigrationClass Class, double Seconds);

/// <summary>Output of Migrate.</summary>
public sealed record MigrationResult : StageOutput, IStageFile
{
    public static string FileName => "migration/migration.json";

    public ImmutableArray<AppliedMigration> Applied { get; init; } = [];

    public ImmutableArray<StatementFinding> Findings { get; init; } = [];

    /// <summary>The backup that covers these migrations; null only where there was no database before.</summary>
    public string? BackupId { get; init; }

    /// <summary>Log of every statement with its duration, path in the run folder.</summary>
    public string? StatementLog { get; init; }

    public string? ForceReason { get; init; }
}
