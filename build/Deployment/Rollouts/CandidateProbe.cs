using System.Collections.Immutable;
using Slipway.Health;
using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <summary>Probes the candidate's health past the router, more closely once it failed.</summary>
internal sealed class CandidateProbe(RolloutPlan plan, RolloutPorts ports)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly Patience patience = new(ports.Time);
    private ProbeSchedule schedule = new(plan.Health.Interval);
    private long last = ports.Time.GetTimestamp();

    public int FailuresInARow => schedule.FailuresInARow;

    /// <summary>What was wrong at the last probe; empty when nothing was.</summary>
    public ImmutableArray<string> Problems { get; private set; } = [];

    /// <summary>Whether the stable version was ill, too, at the last probe.</summary>
    private bool BothAreIll { get; set; }

    /// <summary>Time until the next probe; zero when it is due.</summary>
    public TimeSpan Due
    {
        get
        {
            var left = schedule.Delay - ports.Time.GetElapsedTime(last);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public async Task ProbeAsync(CancellationToken cancellation)
    {
        // A closer look is at both in the same moment: asked one after the other, a shared cause that ends in between
        // would be laid to the candidate.
        var stable = FailuresInARow > 0 ? IsStableIllAsync(cancellation) : Task.FromResult(false);
        var judgement = HealthJudgement.Of(await ReadAsync(Arm.Candidate, cancellation), plan.Candidate.Version.Number);
        Problems = judgement.Problems;
        var next = schedule.After(judgement.IsHealthy);
        // What both versions suffer from (a dead database) is not the candidate's fault: it cannot pass, nor does it
        // come nearer to being dead. Afterwards it has the time to recover that the stable version had.
        BothAreIll = await stable && !judgement.IsHealthy;
        schedule = BothAreIll ? next with { FailuresInARow = 1 } : next;
        last = ports.Time.GetTimestamp();
    }

    /// <summary>
    /// Before the first weight: three tries, then the candidate is not fit to get any traffic. While the stable version
    /// is ill as well, it is waited for.
    /// </summary>
    public async Task DemandHealthyAsync(CancellationToken cancellation)
    {
        var start = ports.Time.GetTimestamp();
        await ProbeAsync(cancellation);
        while (schedule is { FailuresInARow: > 0, IsDead: false })
        {
            if (BothAreIll && ports.Time.GetElapsedTime(start) > plan.Health.Timeout)
                throw Neither();
            await Task.Delay(schedule.Delay, ports.Time, cancellation);
            await ProbeAsync(cancellation);
        }
        if (FailuresInARow == 0)
            return;
        throw new PipelineException(
            $"the candidate {plan.Candidate.Version} is not healthy: {string.Join("; ", Problems)}",
            $"every service answers its health URL with version {plan.Candidate.Version.Number}",
            "read the candidate's logs in the run folder"
        );
    }

    private PipelineException Neither() =>
        new(
            ExitCode.Held,
            $"neither version is healthy for {plan.Health.Timeout.TotalSeconds:0} s, so the candidate cannot be judged: {string.Join("; ", Problems)}",
            "what both versions need (a database, a service of others) answers",
            $"./build.sh --target=Deploy --resume --deployment-id={plan.Candidate.DeploymentId} when it does"
        );

    private async Task<bool> IsStableIllAsync(CancellationToken cancellation)
    {
        var readings = await ReadAsync(Arm.Stable, cancellation);
        return !readings.IsEmpty && !HealthJudgement.Of(readings, null).IsHealthy;
    }

    private async Task<ImmutableArray<HealthReading>> ReadAsync(Arm arm, CancellationToken cancellation)
    {
        try
        {
            return await patience.WithinAsync<ImmutableArray<HealthReading>>(
                Limit,
                [],
                token => ports.Probe.ProbeAsync(arm, token),
                cancellation
            );
        }
        catch (PipelineException)
        {
            return [];
        }
    }
}
