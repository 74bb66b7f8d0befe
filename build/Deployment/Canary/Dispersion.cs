namespace Slipway.Canary;

/// <summary>
/// How bursty the stable arm's errors are: variance over mean of its errors per tick, for the tick's load, clamped to
/// 1..10. Retries make errors come in bursts; a test that takes each for independent aborts good releases.
/// </summary>
/// <remarks>
/// Learned only from ticks that are over, so that no tick judges itself. A stage freezes what was known when it
/// began; when too little was known, it learns on until <see cref="EnoughTicks"/>.
/// </remarks>
internal sealed class Dispersion
{
    private const int EnoughTicks = 30;

    private long ticks;
    private double errors;
    private double requests;
    private double squaresPerRequest;
    private bool frozen;

    public double Phi { get; private set; } = 1;

    /// <summary>A stage begins: what is known now holds until it ends.</summary>
    public void BeginStage()
    {
        Phi = Estimate();
        frozen = ticks >= EnoughTicks;
    }

    public void Learn(long stableErrors, long stableRequests)
    {
        if (stableRequests <= 0)
            return;
        ticks++;
        errors += stableErrors;
        requests += stableRequests;
        squaresPerRequest += (double)stableErrors * stableErrors / stableRequests;
        if (frozen)
            return;
        Phi = Estimate();
        frozen = ticks >= EnoughTicks;
    }

    /// <summary>Pearson's statistic Σ (e − λn)² / λn over ticks − 1, which is variance over mean when the load is even.</summary>
    private double Estimate()
    {
        if (ticks < 2 || errors <= 0)
            return 1;
        var rate = errors / requests;
        var estimate = (squaresPerRequest / rate - errors) / (ticks - 1);
        // Half a standard error off: over few ticks independent errors look bursty half of the time, and a test that
        // believes it sees less.
        return Math.Clamp(estimate * (1 - 0.5 * Math.Sqrt(2.0 / (ticks - 1))), 1, 10);
    }
}
