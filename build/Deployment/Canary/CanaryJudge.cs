using System.Collections.Immutable;

namespace Slipway.Canary;

/// <summary>
/// Compares the candidate with the stable version that serves at the same time, tick by tick. Deterministic: the same
/// plan and ticks give the same verdicts. It never sees a clock: time is what the ticks say.
/// </summary>
public sealed class CanaryJudge
{
    private readonly CanaryPlan plan;
    private readonly JudgeSettings settings;
    private readonly Evidence evidence;
    private readonly StableWatch stableWatch;
    private readonly RoutingTest routing;
    private readonly RecentTicks recent = new(6);
    private readonly LatencySpread spread = new();
    private readonly StageClock clock = new();
    private readonly RatioEstimates estimates = new();
    private int entry;
    private int stage = -1;
    private int missing;
    private string? stableDown;
    private double warmth;
    private long stageRequests;
    private bool isInconclusive;

    public CanaryJudge(CanaryPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        this.plan = plan;
        settings = plan.Settings;
        evidence = new Evidence(settings);
        stableWatch = new StableWatch(settings);
        routing = new RoutingTest(settings);
    }

    private CanaryStage? Current => stage >= 0 && stage < plan.Stages.Length ? plan.Stages[stage] : null;

    private bool IsControlDegraded => Current is { Weight: < 100 } && stableWatch.IsDegraded;

    /// <summary>ln of the evidence that aborts.</summary>
    public double AbortLine => evidence.AbortLine;

    public CanaryVerdict Observe(CanaryTick tick)
    {
        ArgumentNullException.ThrowIfNull(tick);
        if (tick.Entry != entry || tick.Stage != stage)
            Begin(tick);
        var usable = IsUsable(tick);
        missing = usable ? 0 : missing + 1;
        stableDown = tick.StableDown;
        warmth += tick.Seconds;
        if (usable)
            Learn(tick);
        var trip = HardTrips.Of(tick, recent, IsControlDegraded, settings);
        if (trip != VerdictReason.None && Current is not null)
            return Verdict(VerdictKind.Abort, trip);
        if (evidence.LogEvidence >= evidence.AbortLine)
            return Verdict(VerdictKind.Abort, VerdictReason.Evidence);
        var hold = WhyHold(tick);
        if (hold != VerdictReason.None)
            return Verdict(VerdictKind.Hold, hold);
        if (tick.Paused)
            return Verdict(VerdictKind.Continue, VerdictReason.Paused);
        clock.Advance(tick.Seconds);
        return AtTheEnd(tick, usable);
    }

    /// <summary>Why the last verdict is what it is, in words and numbers for people.</summary>
    public VerdictExplanation Explain(CanaryVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return Explanations.Of(verdict, Current, settings, estimates, missing, stableDown);
    }

    private void Begin(CanaryTick tick)
    {
        entry = tick.Entry;
        stage = tick.Stage;
        warmth = 0;
        stageRequests = 0;
        isInconclusive = false;
        recent.Clear();
        estimates.BeginStage();
        if (Current is not { } current)
            return;
        clock.Begin(current.Seconds);
        routing.Begin(current.Weight);
        if (current.Weight >= 100)
            evidence.BeginFull();
        else
            evidence.BeginConcurrent();
    }

    /// <summary>A tick with a hole or a number that cannot be is dropped whole: half a comparison is none.</summary>
    private bool IsUsable(CanaryTick tick)
    {
        if (tick.Dropped is not null || tick.Stable is not { IsSound: true })
            return false;
        return tick.Candidate is { IsSound: true } || (tick.Candidate is null && Current is null);
    }

    private void Learn(CanaryTick tick)
    {
        var stable = tick.Stable!;
        if (Current is not { } current)
        {
            stableWatch.LearnUsual(stable);
            evidence.Dispersions.Learn(stable);
            spread.LearnStable(stable.Latency);
            return;
        }
        var candidate = tick.Candidate!;
        stageRequests += candidate.Requests;
        recent.Add(candidate, stable);
        routing.Observe(candidate.Requests, stable.Requests, recent);
        if (current.Weight >= 100)
        {
            estimates.AddFull(candidate);
            evidence.AddFull(candidate);
            return;
        }
        spread.LearnStable(stable.Latency);
        var warm = warmth - tick.Seconds >= Math.Min(settings.LatencyWarmUp.TotalSeconds, current.Seconds / 4) - 1e-6;
        if (warm)
            spread.Learn(candidate.Latency);
        evidence.AddConcurrent(candidate, stable, warm ? spread.Variance : null);
        estimates.Add(candidate, stable, warm ? spread.Variance : null);
        stableWatch.Observe(stable);
        // A shared outage says nothing about how errors usually come.
        if (!stableWatch.IsDegraded)
            evidence.Dispersions.Learn(stable);
    }

    private VerdictReason WhyHold(CanaryTick tick)
    {
        if (missing > settings.MissingTicksBorne)
            return VerdictReason.MissingData;
        if (Current is not { } current)
            return VerdictReason.None;
        if (IsControlDegraded)
            return VerdictReason.StableDegraded;
        // The candidate has all of these services' requests then: that is neither its weight nor a comparison.
        if (tick.StableDown is not null && current.Weight < 100)
            return VerdictReason.StableDown;
        var routerDiffers = tick.RouterShare is { } share && Math.Abs(share - current.Weight) > RouterTolerance;
        return routerDiffers || routing.IsOff ? VerdictReason.Routing : VerdictReason.None;
    }

    /// <summary>Percent; routers round weights.</summary>
    private const double RouterTolerance = 1.5;

    private CanaryVerdict AtTheEnd(CanaryTick tick, bool usable)
    {
        if (Current is null || !clock.IsOver)
            return Verdict(VerdictKind.Continue, VerdictReason.None);
        if (isInconclusive)
            return Verdict(VerdictKind.Inconclusive, VerdictReason.LowTraffic);
        if (!usable || tick.FailedProbes > 0)
            return Verdict(VerdictKind.Continue, VerdictReason.Gate);
        if (settings.AcceptLowTraffic || stageRequests >= settings.MinimumRequests)
            return Verdict(VerdictKind.Promote, VerdictReason.Passed);
        if (!clock.IsExtended)
        {
            clock.Extend();
            return Verdict(VerdictKind.Extend, VerdictReason.LowTraffic);
        }
        isInconclusive = true;
        return Verdict(VerdictKind.Inconclusive, VerdictReason.LowTraffic);
    }

    private CanaryVerdict Verdict(VerdictKind kind, VerdictReason reason) =>
        new(
            kind,
            reason,
            evidence.LogEvidence,
            Math.Min(1, Math.Exp(-evidence.LargestLog)),
            Math.Clamp(evidence.LogEvidence / evidence.AbortLine, 0, 1),
            evidence.Driver,
            clock.Seconds,
            clock.Length,
            stageRequests
        );
}
