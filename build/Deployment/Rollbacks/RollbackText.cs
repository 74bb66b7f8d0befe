using System.Collections.Immutable;
using Slipway.Reports;

namespace Slipway.Rollbacks;

/// <summary>How one region goes back.</summary>
public sealed record RegionRollback(string Region, RollbackPlan Plan);

/// <summary>A rollback before it is done, as the person who decides sees it.</summary>
public static class RollbackText
{
    /// <param name="restore">Whether the database is to be restored, too.</param>
    public static ImmutableArray<string> Of(
        RollbackSelection selection,
        RollbackPlan plan,
        bool restore,
        DateTimeOffset now,
        ImmutableArray<RegionRollback> regions = default
    )
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            $"{selection.Environment}: {plan.From} is taken back",
            .. selection.Candidates.Select(candidate =>
                $"  {(candidate == plan.To ? '→' : ' ')} {candidate.Version.FullVersion, -14} {State(candidate)}"
            ),
            .. selection.Rejected.Select(rejected =>
                $"  ✗ {rejected.Version.FullVersion, -14} {OneLine(rejected.Reason)}"
            ),
            .. regions.IsDefaultOrEmpty
                ? (string[])[$"how: {Kind(plan.Kind)}: {plan.Why}"]
                : regions.Select(region => $"how, {region.Region}: {Kind(region.Plan.Kind)}: {region.Plan.Why}"),
            plan.Deadline is not { } deadline ? "window: no record says when it ends"
            : now <= deadline ? $"window: open until {Instant(deadline)}"
            : $"window: over since {Instant(deadline)}",
            Database(plan, restore),
        ];
    }

    private static string Database(RollbackPlan plan, bool restore) =>
        (restore, plan.Restorable?.DatabaseBackup) switch
        {
            (true, { } backup) =>
                $"database: restored from {OneLine(backup.BackupId)}; what was written since {Instant(backup.Timestamp)} is then only in the replaced database, which is kept",
            (true, null) => "database: there is no backup to restore",
            (false, _) when plan.Taken is { MigrationsApplied: > 0 } taken =>
                $"database: stays as it is, with {Quantities.Counted(taken.MigrationsApplied, "migration")} of {plan.From} (--restore-database restores the backup before)",
            _ => "database: stays as it is",
        };

    private static string Kind(RollbackKind kind) =>
        kind switch
        {
            RollbackKind.Hot => "hot, one traffic switch",
            RollbackKind.Cold => "cold, it is started again first",
            _ => "already switched, only to be written down",
        };

    private static string State(RollbackCandidate candidate) =>
        candidate.State == Versions.VersionState.None
            ? "deployed before"
            : $"deployed before, {candidate.State.ToString().ToLowerInvariant()}";

    private static string Instant(DateTimeOffset instant) => $"{instant.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
