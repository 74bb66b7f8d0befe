namespace Slipway.Canary;

/// <summary>
/// How bursty the stable arm's errors are: variance over mean of its errors per tick, for the tick's load, at least 1.
/// Retries make errors come in bursts; a test that takes each for independent aborts good releases.
/// </summary>
/// <remarks>
/// Learned only from ticks that are over, so that no tick judges itself. A stage freezes what was known when it
/// began; when too little was known, it learns on until <see cref="EnoughTicks"/>.
/// </remarks>
/// <param name="most">Upper bound.</param>
/// <param name="caution">Standard errors of the estimate, which is rough over few ticks, that are added to it.</param>
internal sealed class Dispersion(double most, double caution)
{
    private const int EnoughTicks = 30;

    private long ticks;
    private double errors;
    private double requests;
    private double squaresPerRequest;
    private bool frozen;

    /// <summary>
    /// For errors: over few ticks independent ones look bursty half of the time, and a test that believes it sees less.
    /// Bursts of retries are short.
    /// </summary>
    public static Dispersion OfErrors() => new(most: 10, caution: -0.5);

    /// <summary>
    /// For slow requests: a pause or a busy machine makes all requests of a tick slow together, however many there are,
    /// and a test that sees this late blames the candidate for the first such tick.
    /// </summary>
    public static Dispersion OfSlowRequests() => new(most: 100, caution: 2);

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
        return Math.Clamp(estimate * (1 + caution * Math.Sqrt(2.0 / (ticks - 1))), 1, most);
    }
}
