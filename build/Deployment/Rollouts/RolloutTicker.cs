using Slipway.Canary;
using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <param name="Verdict">What the judge makes of it.</param>
/// <param name="WeightIsForgotten">The router began anew since the stage's weight was set, and the candidate has nothing.</param>
internal sealed record Look(CanaryTick Tick, CanaryVerdict Verdict, string Explanation, bool WeightIsForgotten = false);

/// <summary>Takes looks at both arms: reads the counters and the router, asks the judge, keeps the line.</summary>
/// <param name="resumed">
/// The judge of a rollout that was promoted, to go on with. The arms have changed places then: what is judged as the
/// candidate is the stable arm by now, and the version before is kept beside it without traffic.
/// </param>
internal sealed class RolloutTicker(RolloutPlan plan, RolloutPorts ports, ResumedJudge? resumed = null)
{
    /// <summary>Percent; routers round weights.</summary>
    private const double Nothing = 0.5;

    private readonly CanaryPlan canary = plan.ToCanaryPlan();
    private readonly CanaryJudge judge = resumed?.Judge ?? new(plan.ToCanaryPlan());
    private readonly CounterDifference difference = new(plan.Settings.LatencyFloor.TotalMilliseconds);
    private readonly Patience patience = new(ports.Time);
    private int stage = -1;
    private int entry = resumed?.Entry ?? 0;
    private int sequence = resumed?.Sequence ?? 0;

    /// <summary>
    /// The life of the router that was last seen with the weight that was asked for. Not the one of the first reading in
    /// a stage: a router that dies as a stage begins would never be noticed.
    /// </summary>
    private string? epoch;

    private long last = ports.Time.GetTimestamp();
    private DateTimeOffset? entered;

    public async Task BeginAsync(CancellationToken cancellation)
    {
        epoch = (await ReadMetricsAsync(cancellation))?.Epoch;
        await ports.Observer.TickedAsync(new TickLine { Plan = canary }, cancellation);
    }

    /// <summary>The weight of this stage is confirmed: count from here.</summary>
    public async Task EnterAsync(int index, CancellationToken cancellation)
    {
        stage = index;
        entry++;
        entered = ports.Time.GetUtcNow();
        difference.Restart();
        Take(await ReadMetricsAsync(cancellation));
        last = ports.Time.GetTimestamp();
    }

    public async Task<Look> TakeAsync(int failedProbes, bool paused, CancellationToken cancellation)
    {
        var reading = await ReadMetricsAsync(cancellation);
        var taken = Take(reading);
        var router = stage >= 0 ? await ReadRouterAsync(cancellation) : null;
        var share = resumed is null ? router?.CandidateShare : 100 - router?.CandidateShare;
        var isForgotten = HasForgotten(reading, share);
        var now = ports.Time.GetTimestamp();
        var tick = new CanaryTick
        {
            Stage = stage,
            Entry = entry,
            Sequence = sequence++,
            At = ports.Time.GetUtcNow(),
            Seconds = ports.Time.GetElapsedTime(last, now).TotalSeconds,
            Paused = paused,
            FailedProbes = failedProbes,
            RouterShare = share,
            StableDown = resumed is null ? WithoutStable(router) : null,
            Stable = taken.Stable,
            Candidate = taken.Candidate,
            Dropped = taken.Dropped,
        };
        last = now;
        var verdict = judge.Observe(tick);
        var explanation = judge.Explain(verdict).Text;
        var line = new TickLine
        {
            Tick = tick,
            Verdict = verdict,
            Explanation = explanation,
        };
        await ports.Observer.TickedAsync(line, cancellation);
        return new(tick, verdict, explanation, isForgotten);
    }

    /// <summary>
    /// One that gives the candidate nothing and is another than the one that was told to, has forgotten it. The same one
    /// was told so by somebody.
    /// </summary>
    private bool HasForgotten(MetricsReading? reading, double? share)
    {
        if (reading is null)
            return false;
        var isAnother = epoch is not null && reading.Epoch != epoch;
        if (isAnother && share is < Nothing)
            return true;
        // The share is read after the counters: what it says is true of this life, or of a later one.
        if (!isAnother || share is not null)
            epoch = reading.Epoch;
        return false;
    }

    /// <summary>
    /// A source that is behind still tells of the time before the weight was set: nothing is judged until it tells of a
    /// later one.
    /// </summary>
    private TickDifference Take(MetricsReading? reading)
    {
        if (reading is not null && reading.SpreadFrom < entered)
        {
            difference.Restart();
            return new(null, null, 0, "the metrics are still about the time before this weight");
        }
        var taken = difference.Take(reading, needsCandidate: stage >= 0);
        return taken.Dropped is { } why && ports.Metrics.Problem is { } problem
            ? taken with
            {
                Dropped = $"{why}: {problem}",
            }
            : taken;
    }

    /// <summary>A source that is slow, or fails, does not answer: the tick is dropped, the rollout lives.</summary>
    private async Task<MetricsReading?> ReadMetricsAsync(CancellationToken cancellation)
    {
        try
        {
            var reading = await patience.WithinAsync(
                plan.Settings.CheckInterval,
                null,
                ports.Metrics.ReadAsync,
                cancellation
            );
            return resumed is null || reading is null
                ? reading
                : reading with
                {
                    Stable = reading.Candidate,
                    Candidate = reading.Stable,
                };
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private static string? WithoutStable(RouterState? router)
    {
        if (router is null)
            return null;
        var down = string.Join(
            ", ",
            router.Services.Where(service => service.IsStableDown).Select(service => service.Service)
        );
        return down.Length > 0 ? down : null;
    }

    private async Task<RouterState?> ReadRouterAsync(CancellationToken cancellation)
    {
        try
        {
            return await patience.WithinAsync<RouterState?>(
                plan.Settings.CheckInterval,
                null,
                async token => await ports.Router.ReadAsync(token),
                cancellation
            );
        }
        catch (PipelineException)
        {
            return null;
        }
    }
}
