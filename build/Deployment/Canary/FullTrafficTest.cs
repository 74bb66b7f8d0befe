namespace Slipway.Canary;

/// <summary>
/// The test at 100 %, where nothing serves beside the candidate: its failures against a rate that the stable arm's
/// earlier exposure makes unlikely to be exceeded by a good candidate.
/// </summary>
/// <remarks>
/// A part of alpha goes to the upper confidence bound of the stable arm's rate; the evidence is a mixture of Poisson
/// likelihood ratios above <c>r0 × bound</c> (or above the absolute objective, whichever is lower), valid at every look.
/// </remarks>
internal sealed class FullTrafficTest
{
    private readonly double[] logs = new double[RatioTable.Count];
    private readonly double tolerated;
    private readonly double nullRate;
    private readonly double phi;

    /// <param name="boundAlpha">Chance that the stable arm's true rate is above the bound.</param>
    public FullTrafficTest(
        JudgeSettings settings,
        double boundAlpha,
        long stableFailed,
        long stableRequests,
        double phi
    )
    {
        tolerated = settings.ToleratedErrorRatioAtFull;
        this.phi = phi;
        var objective = settings.MaximumFailingShareAtFull;
        if (stableRequests <= 0)
        {
            nullRate = objective;
            return;
        }
        var bound = phi * UpperMean(stableFailed / phi, Math.Log(1 / boundAlpha)) / stableRequests;
        var stableBrokeIt = tolerated * stableFailed / stableRequests > objective;
        nullRate = stableBrokeIt ? tolerated * bound : Math.Min(tolerated * bound, objective);
    }

    public long Failed { get; private set; }

    public double LogEvidence { get; private set; }

    public void Add(long failed, long requests)
    {
        Failed += failed;
        for (var k = 0; k < RatioTable.Count; k++)
        {
            var factor = RatioTable.Ratios[k] / tolerated;
            if (factor > 1)
                logs[k] += (failed * Math.Log(factor) - requests * nullRate * (factor - 1)) / phi;
        }
        LogEvidence = LogSum.Of(logs) - LogSum.LnRatios;
    }

    /// <summary>The mean m ≥ count at which seeing no more than count has Chernoff probability e^-line.</summary>
    private static double UpperMean(double count, double line)
    {
        var low = count;
        var high = count + line + Math.Sqrt(2 * line * (count + line)) + 1;
        for (var step = 0; step < 100; step++)
        {
            var middle = 0.5 * (low + high);
            var surprise = middle - count - (count > 0 ? count * Math.Log(middle / count) : 0);
            if (surprise < line)
                low = middle;
            else
                high = middle;
        }
        return high;
    }
}
