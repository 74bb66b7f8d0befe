namespace Slipway.Canary;

/// <summary>Variance of ln(ms) within arm and tick, pooled over both arms and all ticks so far.</summary>
internal sealed class LatencySpread
{
    private double squares;
    private double degrees;

    public double? Variance => degrees >= 10 && squares > 0 ? squares / degrees : null;

    public void Learn(LatencyTick tick)
    {
        if (tick.Count < 2)
            return;
        squares += Math.Max(0, tick.SumOfSquaredLogs - tick.SumOfLogs * tick.SumOfLogs / tick.Count);
        degrees += tick.Count - 1;
    }
}
