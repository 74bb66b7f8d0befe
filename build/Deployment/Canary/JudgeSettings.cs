using System.Collections.Immutable;

namespace Slipway.Canary;

/// <summary>Shares of the abort evidence that each test has; they sum to 1, so that the mixture is again valid evidence.</summary>
public sealed record EvidenceShares(
    double ServerErrors = 0.35,
    double Timeouts = 0.20,
    double Crashes = 0.15,
    double Latency = 0.20,
    double Tail = 0.10
);

/// <summary>What the judge is bound to. The defaults are those of <c>docs/canary.md</c>.</summary>
public sealed record JudgeSettings
{
    /// <summary>Chance of aborting a good deployment, over all stages, metrics and looks together.</summary>
    public double FalseAbortProbability { get; init; } = 0.01;

    public EvidenceShares Shares { get; init; } = new();

    /// <summary>
    /// Share of the evidence that a later stage bets on a fault that shows only now; the rest stays with what was
    /// collected since the beginning, which a long good past would drown.
    /// </summary>
    public double FreshShare { get; init; } = 0.5;

    /// <summary>Chance, as a share of alpha, that the control at 100 % is set too low; taken off the abort line.</summary>
    public double FullBoundShare { get; init; } = 0.02;

    /// <summary>A candidate whose rate of errors is up to this many times the stable arm's is not worth an abort.</summary>
    public double ToleratedErrorRatio { get; init; } = 1.25;

    /// <summary>The same at 100 %, where the control is what the stable arm did before.</summary>
    public double ToleratedErrorRatioAtFull { get; init; } = 2;

    /// <summary>A candidate whose typical latency is up to this many times the stable arm's is not worth an abort.</summary>
    public double ToleratedLatencyRatio { get; init; } = 1.05;

    /// <summary>Differences of typical latency below this are not judged, milliseconds: they are the price of a cold connection.</summary>
    public double LatencyFloorMilliseconds { get; init; } = 0.25;

    /// <summary>Width of the latency alternative, in ln(ms).</summary>
    public double LatencyScale { get; init; } = 0.3;

    /// <summary>Requests that each arm needs before latency is judged.</summary>
    public int LatencyMinimumRequests { get; init; } = 50;

    /// <summary>
    /// How long latency is not judged after a weight change (cold caches, just-in-time compilation); never more than
    /// a quarter of the stage, so that a short stage keeps a latency test.
    /// </summary>
    public TimeSpan LatencyWarmUp { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Candidate errors that an abort driven by errors needs.</summary>
    public int MinimumCandidateErrors { get; init; } = 3;

    /// <summary>The same when all of them came in one tick: fewer may be one request and its retries.</summary>
    public int MinimumErrorsInOneTick { get; init; } = 5;

    /// <summary>Requests that the candidate must have answered in a stage before the stage can pass.</summary>
    public int MinimumRequests { get; init; } = 100;

    /// <summary>Whether a stage may pass without <see cref="MinimumRequests"/> (<c>--accept-low-traffic</c>).</summary>
    public bool AcceptLowTraffic { get; init; }

    /// <summary>Ticks without data that the rollout bears before it stands still.</summary>
    public int MissingTicksBorne { get; init; } = 3;

    /// <summary>Failing share of the stable arm from which it counts as degraded, unless it was like that before.</summary>
    public double DegradedShare { get; init; } = 0.05;

    /// <summary>Chance of holding a deployment whose router does as told.</summary>
    public double FalseRoutingHoldProbability { get; init; } = 0.001;

    /// <summary>Absolute objective at 100 %: the failing share that a candidate may not exceed, unless the stable arm did.</summary>
    public double MaximumFailingShareAtFull { get; init; } = 0.05;

    /// <summary>Failed health probes in a row that end a candidate.</summary>
    public int FailedProbesToAbort { get; init; } = 3;
}

/// <param name="Weight">Percent of traffic, 1 to 100.</param>
/// <param name="Seconds">Planned length.</param>
public sealed record CanaryStage(string Name, int Weight, double Seconds);

/// <summary>What a judge is made from: with the ticks, enough to repeat every verdict.</summary>
public sealed record CanaryPlan(JudgeSettings Settings, ImmutableArray<CanaryStage> Stages);
