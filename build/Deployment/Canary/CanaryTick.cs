namespace Slipway.Canary;

/// <summary>What one arm's latency did in one tick.</summary>
/// <param name="Count">Requests measured.</param>
/// <param name="SumOfLogs">Sum of ln(ms), each capped at the stable arm's p99.9 where there is a histogram.</param>
/// <param name="SumOfSquaredLogs">Sum of ln(ms)², capped likewise.</param>
/// <param name="TailCount">Requests that were compared with the stable arm's quantiles; 0 when these are not known yet.</param>
/// <param name="AboveP50">Of them, those slower than the stable arm's median before this tick.</param>
public sealed record LatencyTick(
    long Count,
    double SumOfLogs,
    double SumOfSquaredLogs,
    long TailCount = 0,
    long AboveP50 = 0,
    long AboveP90 = 0,
    long AboveP99 = 0
)
{
    public static LatencyTick None { get; } = new(0, 0, 0);

    /// <summary>Whether the numbers can be those of a tick at all.</summary>
    public bool IsSound =>
        Count >= 0
        && TailCount >= AboveP50
        && AboveP50 >= AboveP90
        && AboveP90 >= AboveP99
        && AboveP99 >= 0
        && double.IsFinite(SumOfLogs)
        && double.IsFinite(SumOfSquaredLogs)
        && SumOfSquaredLogs >= 0;
}

/// <summary>What one arm did in one tick: differences of its growing counters.</summary>
public sealed record ArmTick(long Requests, long ServerErrors, long Timeouts, long Crashes, LatencyTick Latency)
{
    /// <summary>Requests that failed, whatever the family.</summary>
    public long Failed => Math.Min(Requests, ServerErrors + Timeouts);

    public bool IsSound =>
        Requests >= 0 && ServerErrors >= 0 && Timeouts >= 0 && Crashes >= 0 && Latency is not null && Latency.IsSound;
}

/// <summary>One look at both arms: the judge's only input, and one line of <c>rollout/ticks.ndjson</c>.</summary>
public sealed record CanaryTick
{
    /// <summary>Index in <see cref="CanaryPlan.Stages"/>; −1 before the first weight, when only the stable arm serves.</summary>
    public required int Stage { get; init; }

    /// <summary>Which entry into a stage this is, counted from 1 over the whole rollout; 0 before the first.</summary>
    public required int Entry { get; init; }

    public int Sequence { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Time since the look before.</summary>
    public required double Seconds { get; init; }

    /// <summary>The stage's clock stands still by a person's wish, or for an approval or a freeze.</summary>
    public bool Paused { get; init; }

    /// <summary>Health probes of the candidate that failed in a row.</summary>
    public int FailedProbes { get; init; }

    /// <summary>Candidate's share by the router's own weights, percent; null when it was not asked or did not answer.</summary>
    public double? RouterShare { get; init; }

    /// <summary>
    /// Services of which the router finds no stable instance that answers, so that the candidate gets their requests
    /// whatever its weight; null when there are none, and when the router was not asked or did not answer.
    /// </summary>
    public string? StableDown { get; init; }

    /// <summary>Null when the tick is dropped.</summary>
    public ArmTick? Stable { get; init; }

    /// <summary>Null when the tick is dropped, and before the first weight.</summary>
    public ArmTick? Candidate { get; init; }

    /// <summary>Why the tick holds no data: <c>no answer</c>, <c>counters reset</c>, …; null when it does.</summary>
    public string? Dropped { get; init; }
}
