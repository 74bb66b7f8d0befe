namespace Slipway.Canary;

public enum VerdictKind
{
    /// <summary>Nothing to decide yet.</summary>
    Continue,

    /// <summary>Weight and stage clock stand still; ends by itself.</summary>
    Hold,

    /// <summary>Back to 0 % at once.</summary>
    Abort,

    /// <summary>The stage is passed.</summary>
    Promote,

    /// <summary>The stage was too thin to judge and is made half as long again, once.</summary>
    Extend,

    /// <summary>The longer stage was too thin, too: a person decides.</summary>
    Inconclusive,
}

public enum VerdictReason
{
    None,

    /// <summary>The evidence against the candidate reached the abort line.</summary>
    Evidence,
    FailedProbes,
    CrashLoop,

    /// <summary>At least half of at least twenty requests failed.</summary>
    HalfFailing,

    /// <summary>Too many ticks without data.</summary>
    MissingData,

    /// <summary>The version that is the yardstick is itself in trouble.</summary>
    StableDegraded,

    /// <summary>The router has no instance of the stable version left for a service: there is no yardstick.</summary>
    StableDown,

    /// <summary>The candidate does not get the share of traffic that was configured.</summary>
    Routing,

    /// <summary>Too few candidate requests.</summary>
    LowTraffic,

    /// <summary>The stage's time is over and nothing speaks against the candidate.</summary>
    Passed,

    /// <summary>A gate is not green yet at the end of the stage: a failed probe or a tick without data.</summary>
    Gate,
    Paused,
}

public enum CanaryMetric
{
    None,
    ServerErrors,
    Timeouts,
    Crashes,
    Latency,
    Tail,

    /// <summary>Failures at 100 %, against the stable arm's earlier exposure.</summary>
    FailuresAtFull,
}

/// <summary>What one tick decides.</summary>
/// <param name="LogEvidence">ln of the evidence E against the candidate.</param>
/// <param name="P">min(1, 1 / largest E so far): chance of seeing this with a good candidate.</param>
/// <param name="TowardsAbort">ln E as a share of the abort line's, 0 to 1: the bar in the live view.</param>
/// <param name="StageSeconds">Stage clock: time that counts for the stage.</param>
/// <param name="StageLength">Length of the stage now, with its extension.</param>
/// <param name="CandidateRequests">Candidate's requests in this stage.</param>
public sealed record CanaryVerdict(
    VerdictKind Kind,
    VerdictReason Reason,
    double LogEvidence,
    double P,
    double TowardsAbort,
    CanaryMetric Driver,
    double StageSeconds,
    double StageLength,
    long CandidateRequests
);

/// <summary>Why, for people. Nothing in it decides.</summary>
/// <param name="Ratio">Candidate's rate (or typical latency) as a multiple of the stable arm's; null without data.</param>
/// <param name="RatioLow">Lower end of the 95 % interval.</param>
/// <param name="SmallestDetectable">The smallest error ratio that this stage's traffic could have shown; null when none could.</param>
public sealed record VerdictExplanation(
    CanaryMetric Metric,
    double? Ratio,
    double? RatioLow,
    double? RatioHigh,
    double? SmallestDetectable,
    string Text
);
