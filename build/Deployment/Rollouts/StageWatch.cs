using Slipway.Canary;
using Slipway.Health;

namespace Slipway.Rollouts;

internal enum WatchEnd
{
    /// <summary>The stage passed, or the gate opened.</summary>
    Passed,
    PromotedByPerson,
    PromotedFully,
    Abort,

    /// <summary>Stood still for longer than the hold limit.</summary>
    HeldTooLong,

    /// <summary>The router began anew and has forgotten the weight.</summary>
    RouterRestarted,
}

/// <param name="Explanation">Why, with numbers; for a person's decision who and why.</param>
internal sealed record WatchResult(WatchEnd End, string Status, string Explanation)
{
    /// <summary>Who opened the gate; null where nobody had to.</summary>
    public ApprovalAnswer? Approval { get; init; }
}

/// <summary>
/// Watches one stage, or the wait for a gate before it: looks at every interval, probes, and takes requests of people.
/// An abort works at any time.
/// </summary>
internal sealed class StageWatch(
    RolloutPlan plan,
    RolloutPorts ports,
    RolloutTicker ticker,
    CandidateProbe probe,
    RolloutJournal journal
)
{
    private static readonly TimeSpan ControlInterval = TimeSpan.FromSeconds(1);

    private bool isPaused;
    private long? stillSince;

    /// <param name="gate">What is waited for; null in a running stage.</param>
    public async Task<WatchResult> RunAsync(StageGate? gate, CancellationToken cancellation)
    {
        stillSince = null;
        var lastLook = ports.Time.GetTimestamp();
        while (true)
        {
            if (gate is not null && gate.Look(ports.Time.GetUtcNow()) is { } opened)
                return opened;
            await WaitAsync(lastLook, cancellation);
            if (await ports.Control.TakeAsync(cancellation) is { } request && Obey(request, gate) is { } ended)
                return ended;
            if (probe.Due == TimeSpan.Zero)
                await probe.ProbeAsync(cancellation);
            var isDue = ports.Time.GetElapsedTime(lastLook) >= plan.Settings.CheckInterval;
            if (isDue || probe.FailuresInARow >= ProbeSchedule.Dead)
            {
                lastLook = ports.Time.GetTimestamp();
                if (await LookAsync(gate, cancellation) is { } verdict)
                    return verdict;
            }
            if (IsOutOfPatience)
                return new(
                    WatchEnd.HeldTooLong,
                    "held",
                    $"stood still for {plan.HoldLimit!.Value.TotalSeconds:0} s: {journal.State.Message}"
                );
        }
    }

    private Task WaitAsync(long lastLook, CancellationToken cancellation)
    {
        var look = plan.Settings.CheckInterval - ports.Time.GetElapsedTime(lastLook);
        var wait = new[] { look, probe.Due, ControlInterval }.Min();
        return wait > TimeSpan.Zero ? Task.Delay(wait, ports.Time, cancellation) : Task.CompletedTask;
    }

    private async Task<WatchResult?> LookAsync(StageGate? gate, CancellationToken cancellation)
    {
        var look = await ticker.TakeAsync(probe.FailuresInARow, isPaused || gate is not null, cancellation);
        var phase = gate?.Phase ?? Phase(look.Verdict);
        if (gate is not null)
            look = look with { Explanation = gate.Message };
        if (look.Verdict.Reason == VerdictReason.FailedProbes)
            look = look with { Explanation = $"{look.Explanation}: {string.Join("; ", probe.Problems)}" };
        journal.Record(look, phase);
        CountStillness(phase);
        if (look.Verdict.Kind != VerdictKind.Abort && gate is null && WeightIsForgotten(look) is { } forgotten)
            return forgotten;
        return look.Verdict.Kind switch
        {
            VerdictKind.Abort => new(WatchEnd.Abort, "aborted", look.Explanation),
            VerdictKind.Promote when gate is null => new(WatchEnd.Passed, "healthy", look.Explanation),
            _ => null,
        };
    }

    /// <summary>
    /// A router that began anew has forgotten the weight. One that did not was told another weight by somebody: that is
    /// held, and nobody is overruled.
    /// </summary>
    private WatchResult? WeightIsForgotten(Look look) =>
        look.WeightIsForgotten && journal.State.WeightAsked > 0
            ? new(
                WatchEnd.RouterRestarted,
                "running",
                $"the router began anew with all traffic at the stable version: back to {journal.State.WeightAsked} %"
            )
            : null;

    private static RolloutPhase Phase(CanaryVerdict verdict) =>
        verdict.Kind switch
        {
            VerdictKind.Hold => RolloutPhase.Holding,
            VerdictKind.Inconclusive => RolloutPhase.Inconclusive,
            _ when verdict.Reason == VerdictReason.Paused => RolloutPhase.Paused,
            _ => RolloutPhase.Running,
        };

    private void CountStillness(RolloutPhase phase)
    {
        if (phase == RolloutPhase.Running)
            stillSince = null;
        else
            stillSince ??= ports.Time.GetTimestamp();
    }

    private bool IsOutOfPatience =>
        stillSince is { } since && plan.HoldLimit is { } limit && ports.Time.GetElapsedTime(since) >= limit;

    /// <summary>A request that arrived before the first stage: there is nothing to promote yet.</summary>
    public WatchResult? TakeEarly(ControlRequest request)
    {
        if (request.Kind is ControlKind.Abort or ControlKind.Pause or ControlKind.Resume)
            return Obey(request, null);
        journal.Answer(request, false, journal.State.Phase, $"not promoted {request.ByWhom}: no stage runs yet");
        return null;
    }

    /// <summary>A request that arrived when the last stage had passed: only an abort is not too late.</summary>
    public WatchResult? TakeLate(ControlRequest request)
    {
        if (request.Kind == ControlKind.Abort)
            return Obey(request, null);
        journal.Answer(request, false, journal.State.Phase, $"too late {request.ByWhom}: every stage has passed");
        return null;
    }

    private WatchResult? Obey(ControlRequest request, StageGate? gate)
    {
        var by = request.ByWhom;
        var phase = journal.State.Phase;
        switch (request.Kind)
        {
            case ControlKind.Abort:
                journal.Answer(request, true, phase, $"aborted {by}");
                return new(WatchEnd.Abort, "aborted", $"aborted {by}");
            case ControlKind.Pause:
                isPaused = true;
                journal.Answer(request, true, RolloutPhase.Paused, $"paused {by}");
                CountStillness(RolloutPhase.Paused);
                return null;
            case ControlKind.Resume:
                isPaused = false;
                journal.Answer(request, true, RolloutPhase.Running, $"resumed {by}");
                CountStillness(RolloutPhase.Running);
                return null;
        }
        if (gate is { AwaitsApproval: true } && request.Kind == ControlKind.PromoteStage)
        {
            gate.Approve(request.By, request.Reason);
            journal.Answer(request, true, phase, $"approved {by}");
            return null;
        }
        if (gate is not null)
        {
            journal.Answer(request, false, gate.Phase, $"not promoted {by}: {gate.Message}");
            return null;
        }
        if (request.Kind == ControlKind.PromoteStage)
        {
            journal.Answer(request, true, phase, $"promoted {by}");
            return new(WatchEnd.PromotedByPerson, "promoted", $"promoted {by}");
        }
        if (plan.FreezeOverride is null && ports.Freeze.OpenAt(ports.Time.GetUtcNow()) is { } frozen)
        {
            journal.Answer(request, false, phase, $"not promoted {by}: the freeze window \"{frozen}\" is open");
            return null;
        }
        journal.Answer(request, true, phase, $"promoted fully {by}");
        return new(WatchEnd.PromotedFully, "promoted", $"promoted fully {by}");
    }
}
