using System.Collections.Immutable;
using Slipway.Health;
using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <summary>Probes the candidate's health past the router, more closely once it failed.</summary>
/// <param name="arm">Where the candidate is: it becomes the stable arm with its promotion.</param>
internal sealed class CandidateProbe(RolloutPlan plan, RolloutPorts ports, Arm arm = Arm.Candidate)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly Patience patience = new(ports.Time);
    private ProbeSchedule schedule = new(plan.Health.Interval);
    private long last = ports.Time.GetTimestamp();

    public int FailuresInARow => schedule.FailuresInARow;

    /// <summary>What was wrong at the last probe; empty when nothing was.</summary>
    public ImmutableArray<string> Problems { get; private set; } = [];

    /// <summary>What the last probe failed for where that is not the candidate's fault; null where it is, or nothing failed.</summary>
    private string? Excuse { get; set; }

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
        var other = FailuresInARow > 0 ? IsOtherIllAsync(cancellation) : Task.FromResult(false);
        var readings = await ReadAsync(arm, cancellation);
        var isOtherIll = await other;
        if (readings is { } asked)
            Judge(HealthJudgement.Of(asked, plan.Candidate.Version.Number), isOtherIll);
        else
            NobodyWasAsked();
        last = ports.Time.GetTimestamp();
    }

    private void Judge(HealthJudgement judgement, bool isOtherIll)
    {
        Problems = judgement.Problems;
        var next = schedule.After(judgement.IsHealthy);
        // What both versions suffer from (a dead database) is not the candidate's fault: it cannot pass, nor does it
        // come nearer to being dead. Afterwards it has the time to recover that the stable version had.
        Excuse = isOtherIll && !judgement.IsHealthy ? "neither version is healthy" : null;
        schedule = Excuse is null ? next : next with { FailuresInARow = 1 };
    }

    /// <summary>
    /// Not asked is not failed: a router or a machine that does not say which instances there are tells nothing of the
    /// candidate. It cannot pass like that, nor is it dead.
    /// </summary>
    private void NobodyWasAsked()
    {
        Problems = ["nobody says which instances there are"];
        Excuse = "nobody could be asked";
        schedule = schedule with { FailuresInARow = Math.Clamp(FailuresInARow, 1, ProbeSchedule.Dead - 1) };
    }

    /// <summary>
    /// Before the first weight: three tries, then the candidate is not fit to get any traffic. While the stable version
    /// is ill as well, or nobody says which instances there are, it is waited for.
    /// </summary>
    public async Task DemandHealthyAsync(CancellationToken cancellation)
    {
        var start = ports.Time.GetTimestamp();
        await ProbeAsync(cancellation);
        while (schedule is { FailuresInARow: > 0, IsDead: false })
        {
            if (Excuse is { } excuse && ports.Time.GetElapsedTime(start) > plan.Health.Timeout)
                throw Unjudged(excuse);
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

    private PipelineException Unjudged(string excuse) =>
        new(
            ExitCode.Held,
            $"{excuse} for {plan.Health.Timeout.TotalSeconds:0} s, so the candidate cannot be judged: {string.Join("; ", Problems)}",
            "what both versions need (a database, the router, a service of others) answers",
            $"./build.sh --target=Deploy --resume --deployment-id={plan.Candidate.DeploymentId} when it does"
        );

    private async Task<bool> IsOtherIllAsync(CancellationToken cancellation)
    {
        var readings = await ReadAsync(arm == Arm.Candidate ? Arm.Stable : Arm.Candidate, cancellation);
        return readings is { IsEmpty: false } others && !HealthJudgement.Of(others, null).IsHealthy;
    }

    /// <returns>Null when nobody could be asked.</returns>
    private async Task<ImmutableArray<HealthReading>?> ReadAsync(Arm asked, CancellationToken cancellation)
    {
        try
        {
            return await patience.WithinAsync<ImmutableArray<HealthReading>?>(
                Limit,
                null,
                async token => await ports.Probe.ProbeAsync(asked, token),
                cancellation
            );
        }
        catch (PipelineException)
        {
            return null;
        }
    }
}
