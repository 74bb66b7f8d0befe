namespace Slipway.Canary;

/// <summary>
/// Whether the yardstick itself is in trouble: the stable arm fails markedly more than it did before. One that always
/// failed (and is to be replaced for that) is not degraded.
/// </summary>
internal sealed class StableWatch(JudgeSettings settings)
{
    private const int Window = 3;
    private const int MinimumRequests = 20;
    private const int MinimumFailures = 3;
    private const double Worsening = 3;

    private readonly (long Failed, long Requests)[] ring = new (long, long)[Window];
    private int written;
    private double usualFailed;
    private double usualRequests;

    public bool IsDegraded { get; private set; }

    /// <summary>A tick before the first weight: what is usual.</summary>
    public void LearnUsual(ArmTick stable)
    {
        usualFailed += stable.Failed;
        usualRequests += stable.Requests;
    }

    public void Observe(ArmTick stable)
    {
        ring[written++ % Window] = (stable.Failed, stable.Requests);
        long failed = 0;
        long requests = 0;
        foreach (var tick in ring)
        {
            failed += tick.Failed;
            requests += tick.Requests;
        }
        var usual = usualRequests > 0 ? usualFailed / usualRequests : 0;
        var line = Math.Max(settings.DegradedShare, Math.Min(0.9, Worsening * usual));
        IsDegraded = requests >= MinimumRequests && failed >= MinimumFailures && failed >= line * requests;
        if (!IsDegraded)
            LearnUsual(stable);
    }
}
