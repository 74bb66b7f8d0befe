using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Health;
using Slipway.Versions;

namespace Slipway.Rollouts;

/// <summary>A promoted version in its rollback window.</summary>
/// <param name="Rollout">How it was rolled out; its candidate serves now.</param>
/// <param name="Warm">The version before, which is kept warm.</param>
/// <param name="Until">End of the window.</param>
/// <param name="Ticks">The rollout's tick log, and after it that of an earlier watch of the same deployment.</param>
public sealed record WindowPlan(
    RolloutPlan Rollout,
    ProjectVersion Warm,
    DateTimeOffset Until,
    ImmutableArray<TickLine> Ticks
);

public enum WindowEnd
{
    /// <summary>The window is over, and nothing spoke against the version.</summary>
    Over,

    /// <summary>The window is over, and its last looks had no data: nobody knows.</summary>
    Unjudged,

    /// <summary>Another version serves, or the one before is not kept any more: there is nothing to go back to.</summary>
    Superseded,

    /// <summary>The version is bad.</summary>
    Bad,
}

/// <param name="Explanation">Why, with numbers.</param>
public sealed record WindowResult(WindowEnd End, string Explanation);

/// <summary>
/// Goes on judging a version after its promotion, against what the version before did in the rollout, for as long as
/// the way back is one traffic switch. The arms have changed places: the version that is judged is the stable one now.
/// It only looks: what a bad verdict means is decided by whoever called it.
/// </summary>
public sealed class WindowWatch
{
    private readonly WindowPlan plan;
    private readonly RolloutPorts ports;
    private readonly RolloutTicker ticker;
    private readonly CandidateProbe probe;
    private readonly RolloutJournal journal;
    private readonly DateTimeOffset began;

    public WindowWatch(WindowPlan plan, RolloutPorts ports)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(ports);
        this.plan = plan;
        this.ports = ports;
        ticker = new RolloutTicker(plan.Rollout, ports, Replay.Resume(plan.Ticks));
        probe = new CandidateProbe(plan.Rollout, ports, Arm.Stable);
        journal = new RolloutJournal(plan.Rollout, ports);
        began = ports.Time.GetUtcNow();
    }

    private int Last => plan.Rollout.Settings.Stages.Length - 1;

    public async Task<WindowResult> RunAsync(CancellationToken cancellation)
    {
        if (await WhySupersededAsync(cancellation) is { } before)
            return new(WindowEnd.Superseded, before);
        journal.BeginWindow(Last, plan.Warm, Progress);
        await ticker.EnterAsync(Last, cancellation);
        Look? look = null;
        while (ports.Time.GetUtcNow() < plan.Until)
        {
            await WaitAsync(cancellation);
            if (await WhySupersededAsync(cancellation) is { } after)
                return new(WindowEnd.Superseded, after);
            look = await LookAsync(cancellation);
            if (look.Verdict.Kind == VerdictKind.Abort)
                return new(WindowEnd.Bad, look.Explanation);
        }
        return look is null || look.Verdict.Kind == VerdictKind.Hold || look.Tick.Dropped is not null
            ? new(WindowEnd.Unjudged, look?.Explanation ?? "the window was over before the first look")
            : new(WindowEnd.Over, look.Explanation);
    }

    /// <summary>As long as a check interval; shorter while a failed probe is being repeated.</summary>
    private async Task WaitAsync(CancellationToken cancellation)
    {
        var due = ports.Time.GetTimestamp();
        while (true)
        {
            var left = plan.Rollout.Settings.CheckInterval - ports.Time.GetElapsedTime(due);
            var wait = left < probe.Due ? left : probe.Due;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, ports.Time, cancellation);
            if (probe.Due == TimeSpan.Zero)
                await probe.ProbeAsync(cancellation);
            if (
                ports.Time.GetElapsedTime(due) >= plan.Rollout.Settings.CheckInterval
                || probe.FailuresInARow >= ProbeSchedule.Dead
            )
                return;
        }
    }

    private async Task<Look> LookAsync(CancellationToken cancellation)
    {
        var look = await ticker.TakeAsync(probe.FailuresInARow, paused: false, cancellation);
        if (look.Verdict.Reason == VerdictReason.FailedProbes)
            look = look with { Explanation = $"{look.Explanation}: {string.Join("; ", probe.Problems)}" };
        journal.Record(
            look,
            look.Verdict.Kind == VerdictKind.Hold ? RolloutPhase.Holding : RolloutPhase.Watching,
            Progress
        );
        return look;
    }

    /// <returns>Null while the version serves and the one before is warm, or nobody says otherwise.</returns>
    private async Task<string?> WhySupersededAsync(CancellationToken cancellation)
    {
        try
        {
            var serving = await ports.Workload.ReadAsync(Arm.Stable, cancellation);
            if (serving.DeploymentId != plan.Rollout.Candidate.DeploymentId)
                return $"{serving.Version?.FullVersion ?? "no version"} serves now, by {serving.DeploymentId ?? "no deployment"}";
            var warm = await ports.Workload.ReadAsync(Arm.Candidate, cancellation);
            return warm.Version == plan.Warm
                ? null
                : $"{plan.Warm} is not kept any more{(warm.Version is null ? "" : $": {warm.Version} takes its place")}";
        }
        catch (Outcomes.PipelineException)
        {
            // A router that does not answer says nothing: the look that follows is without data, and is told as that.
            return null;
        }
    }

    private StageProgress Progress =>
        new(
            plan.Rollout.Settings.Stages[Last].Name,
            100,
            (ports.Time.GetUtcNow() - began).TotalSeconds,
            (plan.Until - began).TotalSeconds,
            "running"
        );
}
