namespace Slipway.Canary;

/// <summary>
/// Sequential test of typical latency: the difference of the arms' means of ln(ms), tick by tick, against
/// "no more than tolerated", with a half-normal mixture over how much slower the candidate could be.
/// </summary>
internal sealed class LatencyTest(JudgeSettings settings)
{
    /// <summary>Ticks' worth of belief that the ticks scatter no more than their requests do.</summary>
    private const double PriorTicks = 4;

    private readonly double margin = Math.Log(settings.ToleratedLatencyRatio);
    private double weightedDifference;
    private double weight;
    private double weightedSquare;
    private double stableWeighted;
    private int ticks;
    private long candidateRequests;
    private long stableRequests;

    /// <param name="variance">Variance of ln(ms) within arm and tick.</param>
    public void Add(LatencyTick candidate, LatencyTick stable, double variance)
    {
        if (candidate.Count == 0 || stable.Count == 0 || variance <= 0)
            return;
        var stableMean = stable.SumOfLogs / stable.Count;
        var difference = candidate.SumOfLogs / candidate.Count - stableMean;
        var precision = 1 / (variance * (1.0 / candidate.Count + 1.0 / stable.Count));
        weightedDifference += difference * precision;
        weightedSquare += difference * difference * precision;
        weight += precision;
        stableWeighted += stableMean * precision;
        ticks++;
        candidateRequests += candidate.Count;
        stableRequests += stable.Count;
    }

    public bool IsReady =>
        weight > 0
        && candidateRequests >= settings.LatencyMinimumRequests
        && stableRequests >= settings.LatencyMinimumRequests;

    /// <summary>Mean difference of ln(ms).</summary>
    public double Difference => weight > 0 ? weightedDifference / weight : 0;

    /// <summary>
    /// Variance of <see cref="Difference"/>. Requests of one tick and arm share pauses and queues; where the ticks'
    /// differences scatter more than independent requests would, the variance grows with them (never shrinks).
    /// </summary>
    public double Variance
    {
        get
        {
            var scatter = Math.Max(0, weightedSquare - weightedDifference * weightedDifference / weight);
            return Math.Clamp((scatter + PriorTicks) / (ticks - 1 + PriorTicks), 1, 10) / weight;
        }
    }

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
            var v = Variance;
            var tau = settings.LatencyScale;
            var a = (Difference - margin) * tau / Math.Sqrt(v * (v + tau * tau));
            var log = Math.Log(2) + 0.5 * Math.Log(v / (v + tau * tau)) + 0.5 * a * a + Gaussian.LogCdf(a);
            return IsReady && !IsTooSmallToMatter ? log : Math.Min(0, log);
        }
    }

    private bool IsTooSmallToMatter
    {
        get
        {
            var typical = Math.Exp(stableWeighted / weight);
            return typical * (Math.Exp(Difference) - 1) < settings.LatencyFloorMilliseconds;
        }
    }
}
