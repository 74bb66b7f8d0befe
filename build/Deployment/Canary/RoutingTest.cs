namespace Slipway.Canary;

/// <summary>
/// Whether the candidate gets the share of requests that was configured: the error test on requests instead of
/// errors, in both directions. Once tripped it stays so until the recent ticks fit the weight again.
/// </summary>
internal sealed class RoutingTest(JudgeSettings settings)
{
    private const int Window = 3;
    private const int MinimumRequests = 20;
    private const double StrayShareAtFull = 0.05;

    private readonly double line = Math.Log(1 / settings.FalseRoutingHoldProbability);
    private readonly RatioTable more = new(1.25);
    private readonly RatioTable less = new(1.25);
    private RatioTest tooMuch = new();
    private RatioTest tooLittle = new();
    private int weight;
    private bool settling;

    public bool IsOff { get; private set; }

    /// <summary>A weight was set; requests under way still follow the old one, so the next tick does not count.</summary>
    public void Begin(int newWeight)
    {
        weight = newWeight;
        settling = true;
        IsOff = false;
        Restart();
        if (weight is <= 0 or >= 100)
            return;
        more.Prepare(weight / 100.0);
        less.Prepare(1 - weight / 100.0);
    }

    public void Observe(long candidate, long stable, RecentTicks recent)
    {
        if (settling)
        {
            settling = false;
            return;
        }
        if (weight >= 100)
            IsOff = IsStrayAtFull(recent);
        else if (IsOff)
            IsOff = !FitsAgain(recent);
        else
            IsOff = Add(tooMuch, tooLittle, candidate, stable) >= line;
    }

    private double Add(RatioTest up, RatioTest down, long candidate, long stable)
    {
        up.Add(more, candidate, stable, 1);
        down.Add(less, stable, candidate, 1);
        ReadOnlySpan<double> both = [up.LogEvidence, down.LogEvidence];
        return LogSum.Of(both) - Math.Log(2);
    }

    private bool FitsAgain(RecentTicks recent)
    {
        if (recent.Count < Window)
            return false;
        var up = new RatioTest();
        var down = new RatioTest();
        var log = 0.0;
        for (var age = 0; age < Window; age++)
            log = Add(up, down, recent[age].Candidate.Requests, recent[age].Stable.Requests);
        if (log >= -1e-9)
            return false;
        Restart();
        return true;
    }

    private static bool IsStrayAtFull(RecentTicks recent)
    {
        long candidate = 0;
        long stable = 0;
        for (var age = 0; age < Math.Min(Window, recent.Count); age++)
        {
            candidate += recent[age].Candidate.Requests;
            stable += recent[age].Stable.Requests;
        }
        return candidate + stable >= MinimumRequests && stable > StrayShareAtFull * (candidate + stable);
    }

    private void Restart()
    {
        tooMuch = new RatioTest();
        tooLittle = new RatioTest();
    }
}
