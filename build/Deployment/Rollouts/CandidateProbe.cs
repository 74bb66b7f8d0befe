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
        if (await ReadAsync(arm, cancellation) is not { } readings)
        {
            // Not asked is not failed: a router or a machine that does not say which instances there are tells nothing of
            // the candidate. It cannot pass like that, nor is it dead.
            Problems = ["nobody says which instances there are"];
            schedule = schedule with { FailuresInARow = Math.Clamp(FailuresInARow, 1, ProbeSchedule.Dead - 1) };
            last = ports.Time.GetTimestamp();
            return;
        }
        var judgement = HealthJudgement.Of(readings, plan.Candidate.Version.Number);
        Problems = judgement.Problems;
        var next = schedule.After(judgement.IsHealthy);
        // What both versions suffer from (a dead database) is not the candidate's fault: it cannot pass, nor is it dead.
        if (next.IsDead && await IsOtherIllAsync(cancellation))
            next = next with { FailuresInARow = ProbeSchedule.Dead - 1 };
        schedule = next;
        last = ports.Time.GetTimestamp();
    }

    /// <summary>Before the first weight: three tries, then the candidate is not fit to get any traffic.</summary>
    public async Task DemandHealthyAsync(CancellationToken cancellation)
    {
        await ProbeAsync(cancellation);
        for (var attempt = 1; FailuresInARow > 0 && attempt < ProbeSchedule.Dead; attempt++)
        {
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
