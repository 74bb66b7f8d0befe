namespace Slipway.Canary;

/// <summary>How ln(ms) varies, squared.</summary>
/// <param name="Within">Between the requests of one arm and tick.</param>
/// <param name="Between">
/// What all requests of one arm and tick share beside that: pauses, queues, a busy machine. More requests do not average
/// it out.
/// </param>
internal readonly record struct LatencyVariance(double Within, double Between)
{
    /// <summary>Of the difference of two arms' means in one tick.</summary>
    public double OfDifference(long candidate, long stable) => Within * (1.0 / candidate + 1.0 / stable) + 2 * Between;
}

/// <summary>
/// Learns <see cref="LatencyVariance"/>: the part within from both arms, the part between from how the stable arm's mean
/// changes from tick to tick, which slow drift does not touch.
/// </summary>
internal sealed class LatencySpread
{
    private double squares;
    private double degrees;
    private double stepSquares;
    private double stepShares;
    private int steps;
    private LatencyTick? stableBefore;

    public LatencyVariance? Variance
    {
        get
        {
            if (degrees < 10 || squares <= 0)
                return null;
            var within = squares / degrees;
            return new(within, steps == 0 ? 0 : Math.Max(0, (stepSquares - within * stepShares) / (2 * steps)));
        }
    }

    public void LearnStable(LatencyTick tick)
    {
        Learn(tick);
        if (tick.Count == 0)
            return;
        if (stableBefore is { } before)
        {
            var step = tick.SumOfLogs / tick.Count - before.SumOfLogs / before.Count;
            stepSquares += step * step;
            stepShares += 1.0 / tick.Count + 1.0 / before.Count;
            steps++;
        }
        stableBefore = tick;
    }

    public void Learn(LatencyTick tick)
    {
        if (tick.Count < 2)
            return;
        squares += Math.Max(0, tick.SumOfSquaredLogs - tick.SumOfLogs * tick.SumOfLogs / tick.Count);
        degrees += tick.Count - 1;
    }
}
