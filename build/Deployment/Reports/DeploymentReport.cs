using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Records;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Reports;

/// <summary>A region's looks and verdicts.</summary>
public sealed record RegionTicks(string Region, ImmutableArray<TickLine> Ticks);

/// <param name="Version">Null where nothing serves, or nobody could say what.</param>
public sealed record RegionServing(string Region, ProjectVersion? Version);

/// <summary>All that a report of a deployment says, whatever it is written as. Every text in it is redacted already.</summary>
/// <param name="Failure">The stage that ended the deployment; null when none did.</param>
public sealed record DeploymentReport(
    RunOutputs Run,
    DeploymentStatus Status,
    DateTimeOffset GeneratedAt,
    StageFailure? Failure = null
)
{
    public ImmutableArray<ActionLink> Links { get; init; } = [];

    /// <summary>Messages that could not be sent, and why; a report never fails a good deployment.</summary>
    public ImmutableArray<string> NotSent { get; init; } = [];

    /// <summary>Looks and verdicts of the rollout, for its picture; empty when there was none or its log cannot be read.</summary>
    public ImmutableArray<TickLine> Ticks { get; init; } = [];

    /// <summary>The same of each region, in the order of the waves; empty without regions.</summary>
    public ImmutableArray<RegionTicks> RegionTicks { get; init; } = [];

    /// <summary>What the router of each region was seen to give all traffic to; empty without regions.</summary>
    public ImmutableArray<RegionServing> ObservedIn { get; init; } = [];

    public StageTimeline Timeline { get; } = StageTimeline.Of(Run, Failure);

    /// <summary>Whether the rollout stands still and waits for a person.</summary>
    public bool IsHeld => Run.Rollout?.Result == RolloutOutcome.Held;

    /// <summary>What the router was seen to give all traffic to; null when nobody asked it.</summary>
    public ProjectVersion? Observed { get; init; }

    /// <summary>What serves now: as observed, else as far as the stages say it.</summary>
    public ProjectVersion? Serving =>
        Observed is not null ? Observed
        : Run.Rollout is { Outcome: StageOutcome.Done } rollout && Status == DeploymentStatus.Success
            ? rollout.Serving ?? Run.Release.Version
        : Status == DeploymentStatus.Success ? Run.Release.Version
        : Run.Release.PreviousVersion;

    /// <summary>The deployment in one sentence.</summary>
    public string Headline
    {
        get
        {
            var version = Run.Release.Version;
            var where = Run.Release.Region is null
                ? Run.Release.Environment
                : $"{Run.Release.Environment} ({Run.Release.Region})";
            var serves =
                ObservedIn.Select(one => one.Version).Distinct().Count() > 1
                    ? string.Join(
                        ", ",
                        ObservedIn.Select(one => $"{one.Version?.FullVersion ?? "nothing"} serves in {one.Region}")
                    )
                : Serving is null ? "nothing serves yet"
                : $"{Serving} serves";
            return (IsHeld, Status) switch
            {
                (true, _) when !Run.Rollout!.Waves.IsEmpty =>
                    $"{version} is held in {Run.Rollout.Waves[^1].Region} of {Run.Release.Environment} and needs a person",
                (true, _) => $"{version} is held at {HeldAt()} % in {where} and needs a person",
                (_, DeploymentStatus.Success) => $"{version} serves {where}",
                (_, DeploymentStatus.RolledBack) => $"{version} was taken back from {where}: {serves}",
                (_, DeploymentStatus.Cancelled) => $"the deployment of {version} to {where} was cancelled: {serves}",
                _ => $"{version} did not reach {where}{(Failure is null ? "" : $", {Failure.Stage} failed")}: {serves}",
            };
        }
    }

    private int HeldAt() => Run.Rollout!.Stages.Select(stage => stage.TrafficPercentage).LastOrDefault();
}
