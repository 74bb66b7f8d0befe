namespace Slipway.Canary;

/// <summary>What needs no statistics: a dead, dying or plainly broken candidate.</summary>
internal static class HardTrips
{
    private const int HalfFailingRequests = 20;
    private const int CrashesOfALoop = 3;

    public static VerdictReason Of(CanaryTick tick, RecentTicks recent, bool isStableDegraded, JudgeSettings settings)
    {
        if (tick.FailedProbes >= settings.FailedProbesToAbort)
            return VerdictReason.FailedProbes;
        if (IsCrashLoop(recent))
            return VerdictReason.CrashLoop;
        return !isStableDegraded && IsHalfFailing(recent) ? VerdictReason.HalfFailing : VerdictReason.None;
    }

    /// <summary>Three deaths within the recent ticks, unless the stable arm dies likewise.</summary>
    private static bool IsCrashLoop(RecentTicks recent)
    {
        long candidate = 0;
        long stable = 0;
        for (var age = 0; age < recent.Count; age++)
        {
            candidate += recent[age].Candidate.Crashes;
            stable += recent[age].Stable.Crashes;
        }
        return candidate >= CrashesOfALoop && candidate > 2 * stable;
    }

    /// <summary>
    /// At least half of the newest twenty or more requests, unless the stable arm fails half as often or more. In a
    /// shared outage twenty requests tell little: there the evidence decides alone.
    /// </summary>
    private static bool IsHalfFailing(RecentTicks recent)
    {
        long failed = 0;
        long requests = 0;
        long stableFailed = 0;
        long stableRequests = 0;
        for (var age = 0; age < recent.Count && requests < HalfFailingRequests; age++)
        {
            var (candidate, stable) = recent[age];
            failed += candidate.Failed;
            requests += candidate.Requests;
            stableFailed += stable.Failed;
            stableRequests += stable.Requests;
        }
        if (requests < HalfFailingRequests || 2 * failed < requests)
            return false;
        return stableRequests == 0 || 2.0 * stableFailed / stableRequests < (double)failed / requests;
    }
}
