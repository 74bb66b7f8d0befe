using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Rollbacks;

public enum RollbackKind
{
    /// <summary>The version is warm: one traffic switch.</summary>
    Hot,

    /// <summary>It is started again beside the one that serves, and then it is the same switch.</summary>
    Cold,

    /// <summary>A rollback that was interrupted has switched already: what is left is to write it down.</summary>
    Switched,
}

/// <summary>How an environment goes back, decided from what runs and from the ledger.</summary>
/// <param name="Why">Why this kind, for people.</param>
/// <param name="Taken">The record of the deployment that is taken back; null when it has none.</param>
/// <param name="Deadline">End of the rollback window; null when no record says so.</param>
/// <param name="Restorable">The deployment whose backup is the database as the target knew it; null when there is none.</param>
public sealed record RollbackPlan(
    ProjectVersion From,
    RollbackCandidate To,
    RollbackKind Kind,
    string Why,
    DeploymentRecord? Taken,
    DateTimeOffset? Deadline,
    DeploymentRecord? Restorable
)
{
    /// <summary>What is taken back: the higher one of what serves and what the environment's tag names.</summary>
    /// <remarks>They differ after a deployment that died before its record, and after a rollback that did.</remarks>
    public static ProjectVersion? CurrentOf(ProjectVersion? serving, ProjectVersion? tagged) =>
        serving is null ? tagged
        : tagged is null || serving.CompareTo(tagged) > 0 ? serving
        : tagged;

    /// <param name="asked"><c>--version</c>; null for the best target.</param>
    /// <param name="cold"><c>--cold</c>.</param>
    /// <exception cref="PipelineException">There is no target, or the one asked for is none.</exception>
    public static RollbackPlan Of(
        RollbackSelection selection,
        ProjectVersion? asked,
        DeploymentLedger ledger,
        ArmState serving,
        ArmState warm,
        bool cold
    )
    {
        ArgumentNullException.ThrowIfNull(selection);
        var target = selection.Demand(asked ?? Interrupted(selection, serving) ?? Best(selection, ledger, warm));
        var (kind, why) = KindOf(target.Version, serving, warm, cold);
        var taken = Newest(ledger, selection.Current);
        return new(
            selection.Current,
            target,
            kind,
            why,
            taken,
            // A rollback opens no window of its own in the record; going further back is allowed as long as after a deployment.
            taken is null
                ? null
                : taken.RollbackDeadline ?? taken.Timestamp.AddMinutes(taken.RollbackWindowMinutes),
            AfterTarget(ledger, target.Version)
        );
    }

    /// <exception cref="PipelineException">The window is over, and nobody gave a reason for going back all the same.</exception>
    public void DemandWindow(DateTimeOffset now, bool force)
    {
        if (force || Deadline is not { } deadline || now <= deadline)
            return;
        throw new PipelineException(
            $"the rollback window of {From} ended at {deadline.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC",
            "a rollback within the window; data and other systems may rely on the newer version by now",
            "if it is right all the same: --force --reason=\"…\""
        );
    }

    /// <summary>What an environment's tag says is in service: of several versions at its commit the one that was deployed last.</summary>
    /// <param name="tagged">The highest version at the tag's commit; null without a tag.</param>
    public static ProjectVersion? TaggedBy(DeploymentLedger ledger, string? commitSha, ProjectVersion? tagged) =>
        ledger.Entries.LastOrDefault(entry => IsSuccess(entry.Record))?.Record is { } last
        && last.GitSha == commitSha
        && ProjectVersion.TryParse(last.Version, out var version, out _)
        && version.SubProjectPath == tagged?.SubProjectPath
            ? version
            : tagged;

    /// <summary>
    /// Of the candidates in the best state: the one that is warm, because it served until now; else the highest that
    /// was not itself taken back.
    /// </summary>
    private static ProjectVersion? Best(RollbackSelection selection, DeploymentLedger ledger, ArmState warm)
    {
        if (selection.Target is not { } first)
            return null;
        var best = selection.Candidates.Where(candidate => candidate.State == first.State).ToList();
        return (
            best.Find(candidate => candidate.Version == warm.Version)
            ?? best.Find(candidate => !WasTakenBack(ledger, candidate.Version))
            ?? first
        ).Version;
    }

    private static bool WasTakenBack(DeploymentLedger ledger, ProjectVersion version) =>
        ledger
            .Entries.Select(entry => entry.Record)
            .LastOrDefault(record =>
                IsSuccess(record)
                && (record.Version == version.FullVersion || record.RollbackFrom == version.FullVersion)
            )
            is { } last
        && last.RollbackFrom == version.FullVersion;

    private static ProjectVersion? Interrupted(RollbackSelection selection, ArmState serving) =>
        selection.Candidates.FirstOrDefault(candidate => candidate.Version == serving.Version)?.Version;

    private static (RollbackKind, string) KindOf(ProjectVersion target, ArmState serving, ArmState warm, bool cold)
    {
        if (serving.Version == target)
            return (RollbackKind.Switched, $"{target} has the traffic already");
        if (cold)
            return (RollbackKind.Cold, "asked for with --cold");
        if (warm.Version != target)
            return (RollbackKind.Cold, warm.Version is null ? "no version is warm" : $"{warm.Version} is warm");
        return warm.InstancesAlive < warm.InstancesWanted
            ? (
                RollbackKind.Cold,
                $"only {warm.InstancesAlive} of {warm.InstancesWanted} instances of {target} still run"
            )
            : (RollbackKind.Hot, $"{target} is still warm");
    }

    private static DeploymentRecord? Newest(DeploymentLedger ledger, ProjectVersion version) =>
        ledger
            .Entries.LastOrDefault(entry => IsSuccess(entry.Record) && entry.Record.Version == version.FullVersion)
            ?.Record;

    /// <summary>The first deployment that followed the target's newest: its backup was made before it migrated.</summary>
    private static DeploymentRecord? AfterTarget(DeploymentLedger ledger, ProjectVersion target)
    {
        var successes = ledger.Entries.Select(entry => entry.Record).Where(IsSuccess).ToList();
        var index = successes.FindLastIndex(record => record.Version == target.FullVersion);
        return index < 0 ? null : successes.Skip(index + 1).FirstOrDefault(record => record.DatabaseBackup is not null);
    }

    private static bool IsSuccess(DeploymentRecord record) =>
        record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success);
}
