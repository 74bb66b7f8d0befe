using System.Collections.Immutable;
using Slipway.Canary;

namespace Slipway.Deployment.Tests.Canary.Simulation;

/// <summary>How one arm behaves.</summary>
/// <param name="ErrorRate">Chance of a server error per request.</param>
/// <param name="LatencyFactor">Typical latency as a multiple of the base.</param>
/// <param name="Burst">Errors come in bursts of this many.</param>
/// <param name="TickSpread">
/// Standard deviation of what all latencies of one tick of this arm share, in ln(ms): pauses, queues, a busy machine.
/// </param>
public sealed record ArmBehaviour(double ErrorRate, double LatencyFactor = 1, int Burst = 1, double TickSpread = 0);

/// <summary>A synthetic product under a rollout.</summary>
/// <param name="RequestsPerSecond">Of both arms together.</param>
/// <param name="TickSeconds">Check interval.</param>
/// <param name="Load">Traffic as a multiple of the base at a time in seconds.</param>
/// <param name="Outage">Error rate of both arms at a time in seconds, or null.</param>
/// <param name="Spoil">What the metrics source makes of a tick, or null.</param>
public sealed record World(
    ArmBehaviour Stable,
    ArmBehaviour Candidate,
    double RequestsPerSecond,
    double TickSeconds = 10,
    Func<double, double>? Load = null,
    Func<double, double?>? Outage = null,
    Func<CanaryTick, Dice, CanaryTick>? Spoil = null,
    int BaselineTicks = 0
)
{
    /// <summary>The stages that the bars speak of.</summary>
    public static ImmutableArray<CanaryStage> Stages { get; } =
    [new("canary", 5, 300), new("progressive", 50, 600), new("full", 100, 900)];

    public static CanaryPlan Plan { get; } = new(new JudgeSettings(), Stages);
}

/// <summary>How one simulated rollout ended.</summary>
/// <param name="Kind">Promote when all stages passed.</param>
/// <param name="Seconds">Time from the first weight.</param>
/// <param name="FailedRequests">Candidate's failed requests.</param>
public sealed record SimulatedEnd(
    VerdictKind Kind,
    VerdictReason Reason,
    int Stage,
    double Seconds,
    long FailedRequests,
    bool WasHeld,
    ImmutableArray<(CanaryTick Tick, CanaryVerdict Verdict)> Ticks
);

/// <summary>Plays a rollout of a world before the judge.</summary>
public static class Simulator
{
    private const double LnBase = 4; // e^4 ms: about 55 ms
    private const double Sigma = 0.6;
    private const double Q50 = 0.5;
    private const double Q90 = 0.1;
    private const double Q99 = 0.01;

    public static SimulatedEnd Run(
        World world,
        int seed,
        CanaryPlan? plan = null,
        bool keep = false,
        double limit = 4000
    )
    {
        plan ??= World.Plan;
        var dice = new Dice(seed);
        var judge = new CanaryJudge(plan);
        var kept = ImmutableArray.CreateBuilder<(CanaryTick, CanaryVerdict)>();
        var sequence = 0;
        for (; sequence < world.BaselineTicks; sequence++)
        {
            var baseline = Tick(world, dice, -1, 0, sequence, 0, 0) with { Candidate = null };
            var seen = judge.Observe(baseline);
            if (keep)
                kept.Add((baseline, seen));
        }
        var (stage, entry, time, failed, wasHeld) = (0, 1, 0.0, 0L, false);
        while (time < limit)
        {
            var tick = Tick(world, dice, stage, entry, sequence++, plan.Stages[stage].Weight, time);
            time += world.TickSeconds;
            failed += tick.Candidate!.Failed;
            tick = world.Spoil?.Invoke(tick, dice) ?? tick;
            var verdict = judge.Observe(tick);
            if (keep)
                kept.Add((tick, verdict));
            wasHeld |= verdict.Kind == VerdictKind.Hold;
            var isLast = stage == plan.Stages.Length - 1;
            if (
                verdict.Kind is VerdictKind.Abort or VerdictKind.Inconclusive
                || (verdict.Kind == VerdictKind.Promote && isLast)
            )
                return new(verdict.Kind, verdict.Reason, stage, time, failed, wasHeld, kept.ToImmutable());
            if (verdict.Kind == VerdictKind.Promote)
                (stage, entry) = (stage + 1, entry + 1);
        }
        return new(VerdictKind.Continue, VerdictReason.None, stage, time, failed, wasHeld, kept.ToImmutable());
    }

    /// <summary>What both arms do in one tick of a stage with this weight.</summary>
    public static CanaryTick Tick(World world, Dice dice, int stage, int entry, int sequence, int weight, double time)
    {
        var all = dice.Poisson(world.RequestsPerSecond * world.TickSeconds * (world.Load?.Invoke(time) ?? 1));
        var candidate = dice.Binomial(all, weight / 100.0);
        var outage = world.Outage?.Invoke(time);
        return new CanaryTick
        {
            Stage = stage,
            Entry = entry,
            Sequence = sequence,
            Seconds = world.TickSeconds,
            Stable = Arm(world.Stable, all - candidate, outage, dice),
            Candidate = Arm(world.Candidate, candidate, outage, dice),
        };
    }

    private static ArmTick Arm(ArmBehaviour behaviour, long n, double? outage, Dice dice)
    {
        var rate = outage ?? behaviour.ErrorRate;
        var errors =
            behaviour.Burst == 1
                ? dice.Binomial(n, rate)
                : Math.Min(n, behaviour.Burst * dice.Poisson(n * rate / behaviour.Burst));
        var shared = behaviour.TickSpread > 0 ? behaviour.TickSpread * dice.Normal() : 0;
        return new ArmTick(n, errors, 0, 0, Latency(n, Math.Log(behaviour.LatencyFactor) + shared, dice));
    }

    private static LatencyTick Latency(long n, double shift, Dice dice)
    {
        if (n == 0)
            return LatencyTick.None;
        var mean = LnBase + shift + Sigma / Math.Sqrt(n) * dice.Normal();
        var squares = Sigma * Sigma * dice.ChiSquared(n - 1) + n * mean * mean;
        var (p50, p90, p99) = Tails(shift);
        var above50 = dice.Binomial(n, p50);
        var above90 = dice.Binomial(above50, p90 / p50);
        var above99 = dice.Binomial(above90, p99 / p90);
        return new LatencyTick(n, n * mean, squares, n, above50, above90, above99);
    }

    private static (double P50, double P90, double P99) Tails(double shift) =>
        shift == 0 ? (Q50, Q90, Q99) : (Above(0, shift), Above(1.2816, shift), Above(2.3263, shift));

    private static double Above(double z, double shift)
    {
        // Zelen and Severo's approximation: good to 1e-7, which is more than a simulation shows.
        var x = z - shift / Sigma;
        var t = 1 / (1 + 0.2316419 * Math.Abs(x));
        var poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        var tail = Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI) * poly;
        return x >= 0 ? tail : 1 - tail;
    }
}
