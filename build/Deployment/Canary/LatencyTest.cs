using System.Collections.Immutable;

namespace Slipway.Canary;

/// <summary>
/// Sequential test of typical latency: the difference of the arms' means of ln(ms), tick by tick, against
/// "no more than tolerated", with a half-normal mixture over how much slower the candidate could be.
/// </summary>
/// <remarks>
/// Requests of one tick and arm share pauses, queues and a busy machine, so the ticks' differences may scatter by more
/// than independent requests would let them. How much, the stable arm shows (<see cref="LatencySpread"/>); the candidate
/// may do worse, and that scale is mixed over in both hypotheses: a tick that is far off speaks for a large scale as
/// much as for a slow candidate, and only several that agree speak for the candidate being slow.
/// </remarks>
internal sealed class LatencyTest(JudgeSettings settings)
{
    /// <summary>
    /// Variance of a tick's difference as a multiple of what was learned from the stable arm, with its weight: fifteen
    /// sixteenths of the belief are that the candidate's ticks scatter no more than that, each doubling has a sixteenth
    /// of the one before. Less would take more ticks than the bar of docs/canary.md leaves for a latency of +50 %.
    /// </summary>
    private static readonly ImmutableArray<(double Scale, double LogWeight)> Scales =
    [
        .. Enumerable.Range(0, 11).Select(k => (Math.Pow(2, k), Math.Log(0.9375) - 4 * k * Math.Log(2))),
    ];

    private readonly double margin = Math.Log(settings.ToleratedLatencyRatio);
    private readonly double[] slow = new double[Scales.Length];
    private readonly double[] tolerated = new double[Scales.Length];
    private double weightedDifference;
    private double weight;
    private double weightedSquare;
    private double stableWeighted;
    private SlowestTicks slowest;
    private int ticks;
    private long candidateRequests;
    private long stableRequests;

    public void Add(LatencyTick candidate, LatencyTick stable, LatencyVariance variance)
    {
        if (candidate.Count == 0 || stable.Count == 0)
            return;
        var stableMean = stable.SumOfLogs / stable.Count;
        var difference = candidate.SumOfLogs / candidate.Count - stableMean - margin;
        var precision = 1 / variance.OfDifference(candidate.Count, stable.Count);
        weightedDifference += difference * precision;
        weightedSquare += difference * difference * precision;
        weight += precision;
        stableWeighted += stableMean * precision;
        slowest.Add(difference * Math.Sqrt(precision), precision);
        ticks++;
        candidateRequests += candidate.Count;
        stableRequests += stable.Count;
    }

    public bool IsReady =>
        weight > 0
        && candidateRequests >= settings.LatencyMinimumRequests
        && stableRequests >= settings.LatencyMinimumRequests;

    /// <summary>
    /// ln M. Too few requests, or a difference too small to matter, can only take evidence away: capping it at 0
    /// keeps the bound.
    /// </summary>
    public double LogEvidence
    {
        get
        {
            if (weight <= 0)
                return 0;
            var log = Math.Min(
                Log(weightedDifference, weightedSquare),
                Log(weightedDifference - slowest.ExcessDifference, weightedSquare - slowest.ExcessSquare)
            );
            return IsReady && !IsTooSmallToMatter ? log : Math.Min(0, log);
        }
    }

    private double Log(double difference, double square)
    {
        for (var k = 0; k < Scales.Length; k++)
        {
            var (scale, logWeight) = Scales[k];
            tolerated[k] = logWeight - 0.5 * ticks * Math.Log(scale) - 0.5 * square / scale;
            slow[k] = tolerated[k] + LogRatio(difference / weight, scale / weight);
        }
        return LogSum.Of(slow) - LogSum.Of(tolerated);
    }

    /// <summary>Mean difference of ln(ms) beyond the tolerated one.</summary>
    private double Difference => weightedDifference / weight;

    /// <summary>ln of the mixture likelihood ratio of a mean difference whose variance is known.</summary>
    private double LogRatio(double difference, double v)
    {
        var tau = settings.LatencyScale;
        var a = difference * tau / Math.Sqrt(v * (v + tau * tau));
        return Math.Log(2) + 0.5 * Math.Log(v / (v + tau * tau)) + 0.5 * a * a + Gaussian.LogCdf(a);
    }

    private bool IsTooSmallToMatter
    {
        get
        {
            var typical = Math.Exp(stableWeighted / weight);
            return typical * (Math.Exp(Difference + margin) - 1) < settings.LatencyFloorMilliseconds;
        }
    }

    /// <summary>
    /// The tick in which the candidate was slowest, and the next one, in standard deviations. The slowest counts no more
    /// than the next: somebody else's job can take the machine for one tick, and one tick alone is no evidence.
    /// </summary>
    private struct SlowestTicks
    {
        private double first;
        private double precision;
        private double second;

        public void Add(double deviations, double ofPrecision)
        {
            if (deviations > first)
                (second, first, precision) = (first, deviations, ofPrecision);
            else
                second = Math.Max(second, deviations);
        }

        public readonly double ExcessDifference => (first - second) * Math.Sqrt(precision);

        public readonly double ExcessSquare => first * first - second * second;
    }
}
