using System.Globalization;

namespace Slipway.Canary;

/// <summary>Puts a verdict into one sentence with its numbers.</summary>
internal static class Explanations
{
    public static VerdictExplanation Of(
        CanaryVerdict verdict,
        CanaryStage? stage,
        JudgeSettings settings,
        RatioEstimates estimates,
        int missing,
        string? stableDown
    )
    {
        var ratio = estimates.Of(verdict.Driver);
        var detectable = stage is { Weight: < 100 } ? Detectable(verdict, settings, estimates) : null;
        var text = Reason(verdict, settings, ratio, missing, stableDown) + Numbers(verdict, ratio, detectable);
        return new(verdict.Driver, ratio.Value, ratio.Low, ratio.High, detectable, text);
    }

    /// <summary>What the stage could show at its end, should traffic go on as until now.</summary>
    private static double? Detectable(CanaryVerdict verdict, JudgeSettings settings, RatioEstimates estimates)
    {
        var scale = verdict.StageSeconds > 0 ? Math.Max(1, verdict.StageLength / verdict.StageSeconds) : 1;
        return DetectableRatio.Of(
            settings,
            estimates.CandidateRequests * scale,
            estimates.StableRequests * scale,
            estimates.StableErrors * scale,
            Math.Log(settings.Shares.ServerErrors)
        );
    }

    private static string Reason(
        CanaryVerdict verdict,
        JudgeSettings settings,
        RatioEstimate ratio,
        int missing,
        string? stableDown
    ) =>
        verdict.Reason switch
        {
            VerdictReason.Evidence =>
                $"{Name(verdict.Driver)} of the candidate are {Times(ratio.Value)} the stable version's",
            VerdictReason.FailedProbes => $"the candidate failed {settings.FailedProbesToAbort} health probes in a row",
            VerdictReason.CrashLoop => "the candidate's instances die again and again",
            VerdictReason.HalfFailing => "at least half of the candidate's requests fail",
            VerdictReason.MissingData => $"no metrics for {missing} ticks: nothing is judged until they are back",
            VerdictReason.StableDegraded => "the stable version fails as well: probably a shared outage",
            VerdictReason.StableDown =>
                $"no stable instance of {stableDown} answers the router: the candidate gets its requests",
            VerdictReason.Routing => "the candidate's share of traffic is not the configured weight",
            VerdictReason.LowTraffic => verdict.CandidateRequests < settings.MinimumRequests
                ? $"only {verdict.CandidateRequests} of {settings.MinimumRequests} requests needed for a judgement"
                // Traffic goes on while a person is waited for.
                : $"{verdict.CandidateRequests} requests by now, but fewer than the {settings.MinimumRequests} needed for a judgement when the stage's time was over",
            VerdictReason.Passed => "the stage's time is over and nothing speaks against the candidate",
            VerdictReason.Gate => "the stage's time is over, but the last probe or tick was not good",
            VerdictReason.Paused => "paused",
            _ => "nothing to decide yet",
        };

    private static string Numbers(CanaryVerdict verdict, RatioEstimate ratio, double? detectable)
    {
        var interval = ratio.Value is null
            ? ""
            : $", {Name(verdict.Driver)} {Times(ratio.Value)} ({Times(ratio.Low)} to {Times(ratio.High)})";
        var smallest = detectable is { } smallestRatio
            ? $"; this stage can show {Times(smallestRatio)} the stable version's errors or more"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $" (p {Chance(verdict.P)}{interval}{smallest})");
    }

    public static string Name(CanaryMetric metric) =>
        metric switch
        {
            CanaryMetric.ServerErrors => "server errors",
            CanaryMetric.Timeouts => "time-outs and refused connections",
            CanaryMetric.Crashes => "crashes",
            CanaryMetric.Latency => "typical latencies",
            CanaryMetric.Tail => "slow requests",
            CanaryMetric.FailuresAtFull => "failures",
            _ => "nothing",
        };

    private static string Chance(double p) =>
        p < 0.0001 ? "< 0.0001" : string.Create(CultureInfo.InvariantCulture, $"= {p:G2}");

    /// <summary>As many digits as mean anything: an interval beside it spans a multiple.</summary>
    private static string Times(double? ratio) =>
        ratio switch
        {
            null => "an unknown multiple of",
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0#}×"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{ratio:N0}×"),
        };
}
