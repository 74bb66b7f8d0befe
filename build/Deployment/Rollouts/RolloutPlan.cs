using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Environments;

namespace Slipway.Rollouts;

/// <summary>What is to be rolled out, and how.</summary>
public sealed record RolloutPlan
{
    public required CandidateStart Candidate { get; init; }

    public RolloutSettings Settings { get; init; } = new();

    public HealthSettings Health { get; init; } = new();

    /// <summary>How long the version before stays warm after the promotion.</summary>
    public TimeSpan RollbackWindow { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>What each service is asked before it gets traffic; services that are not named are asked nothing.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> WarmUpPaths { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary><c>--accept-low-traffic</c>: a stage may pass with fewer requests than a judgement needs.</summary>
    public bool AcceptLowTraffic { get; init; }

    /// <summary>
    /// How long a rollout that stands still waits for a person or for better times; null without limit. After it the
    /// stable version gets all traffic, the candidate is kept running, and the outcome is
    /// <see cref="RolloutOutcome.Held"/>: nobody watches a candidate when the program has ended.
    /// </summary>
    public TimeSpan? HoldLimit { get; init; }

    /// <summary>Why an open freeze window is overridden; null when it is not.</summary>
    public string? FreezeOverride { get; init; }

    /// <summary>How long taking traffic back is tried at a router that does not answer.</summary>
    public TimeSpan RetreatLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The judge's other settings; probabilities, minimum and low traffic come from above.</summary>
    public JudgeSettings Judge { get; init; } = new();

    public CanaryPlan ToCanaryPlan() =>
        new(
            Judge with
            {
                FalseAbortProbability = Settings.FalseAbortProbability,
                MinimumRequests = Settings.MinimumRequests,
                AcceptLowTraffic = AcceptLowTraffic,
                LatencyFloorMilliseconds = Settings.LatencyFloor.TotalMilliseconds,
                MissingTicksBorne = Judge.MissingTicksBorne + Settings.Metrics.LateTicks(Settings.CheckInterval),
            },
            [
                .. Settings.Stages.Select(stage => new CanaryStage(
                    stage.Name,
                    stage.TrafficPercentage,
                    stage.Duration.TotalSeconds
                )),
            ]
        );
}

/// <summary>The world around a rollout.</summary>
public sealed record RolloutPorts(
    TimeProvider Time,
    ITrafficRouter Router,
    IWorkload Workload,
    IMetricsSource Metrics,
    IHealthProbe Probe,
    IInstanceCalls Calls,
    IRolloutControl Control,
    IApproval Approval,
    IFreezeCalendar Freeze,
    IRolloutObserver Observer
);
