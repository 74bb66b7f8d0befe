using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Canary;
using Slipway.Versions;

namespace Slipway.Rollouts;

public enum RolloutPhase
{
    Starting,
    Running,

    /// <summary>Stands still by itself: no metrics, a shared outage, wrong routing.</summary>
    Holding,
    Paused,

    /// <summary>Too little traffic for a judgement: a person decides.</summary>
    Inconclusive,
    AwaitingApproval,
    AwaitingThaw,
    Promoting,
    TakingBack,
    Promoted,
    RolledBack,
    Held,

    /// <summary>Promoted, and judged through its rollback window.</summary>
    Watching,
}

/// <param name="Seconds">Stage clock.</param>
public sealed record StageProgress(string Name, int Weight, double Seconds, double Length, string Status);

/// <summary>What one arm did in the last tick that had data.</summary>
/// <param name="TypicalMilliseconds">Geometric mean; null without latencies.</param>
public sealed record ArmRates(double RequestsPerSecond, double FailingShare, double? TypicalMilliseconds);

/// <summary>A rollout at one moment, for people: live tree, plain lines, JSON lines.</summary>
public sealed record RolloutState
{
    public required RolloutPhase Phase { get; init; }

    public DateTimeOffset At { get; init; }

    public required string DeploymentId { get; init; }

    public required ProjectVersion Candidate { get; init; }

    public ProjectVersion? Stable { get; init; }

    /// <summary>Null where the environment has no regions.</summary>
    public string? Region { get; init; }

    /// <summary>1 for the first region.</summary>
    public int Wave { get; init; } = 1;

    public int Waves { get; init; } = 1;

    /// <summary>A promotion that others follow is not the end of the rollout.</summary>
    [JsonIgnore]
    public bool IsLastWave => Wave >= Waves;

    public ImmutableArray<StageProgress> Stages { get; init; } = [];

    /// <summary>Index of the stage under way; −1 before the first.</summary>
    public int Stage { get; init; } = -1;

    /// <summary>Percent asked of the router.</summary>
    public int WeightAsked { get; init; }

    /// <summary>Percent by the router's own word; null when it does not answer.</summary>
    public double? WeightConfirmed { get; init; }

    /// <summary>Percent of the last tick's requests; null without data.</summary>
    public double? ShareObserved { get; init; }

    public ArmRates? StableRates { get; init; }

    public ArmRates? CandidateRates { get; init; }

    public CanaryVerdict? Verdict { get; init; }

    /// <summary>What the last verdict or event means, in a sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>What the candidate was asked before it got traffic; null before that, and where nothing is asked.</summary>
    public WarmUpResult? WarmUp { get; init; }

    /// <summary>The deployment is being recorded: no request is obeyed any more.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The last request of a person, and what became of it.</summary>
    public ControlAnswer? Answered { get; init; }
}
