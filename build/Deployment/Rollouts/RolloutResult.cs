using System.Collections.Immutable;
using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Rollouts;

public enum RolloutOutcome
{
    Promoted,
    RolledBack,
    Held,
}

/// <param name="Stage"><c>canary</c>, <c>progressive</c>, <c>full</c>, or as configured.</param>
/// <param name="TrafficPercentage">Weight asked for, 0 to 100.</param>
/// <param name="Status"><c>healthy</c>, or the verdict that ended the stage.</param>
/// <param name="CandidateRequests">Requests that the candidate answered in this stage.</param>
public sealed record RolloutStageResult(
    string Stage,
    int TrafficPercentage,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    string Status,
    long CandidateRequests,
    long CandidateErrors,
    long StableRequests,
    long StableErrors,
    string Explanation
)
{
    /// <summary>Who said yes before the stage; null where nobody had to.</summary>
    public ApprovalAnswer? Approval { get; init; }
}

/// <summary>Output of Rollout.</summary>
public sealed record RolloutResult : StageOutput, IStageFile
{
    public static string FileName => "rollout/rollout.json";

    public required RolloutOutcome Result { get; init; }

    /// <summary>Version that serves now.</summary>
    public ProjectVersion? Serving { get; init; }

    /// <summary>Version kept warm for a hot rollback; null on a first deployment.</summary>
    public ProjectVersion? Warm { get; init; }

    /// <summary>Until when the version before is kept warm.</summary>
    public DateTimeOffset? WarmUntil { get; init; }

    public ImmutableArray<RolloutStageResult> Stages { get; init; } = [];

    /// <summary>From the verdict to weight 0, measured at the router; null when nothing was taken back.</summary>
    public double? SecondsToZero { get; init; }
}
