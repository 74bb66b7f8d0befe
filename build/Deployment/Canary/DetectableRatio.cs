namespace Slipway.Canary;

/// <summary>The smallest ratio of server errors that a given exposure could be expected to show.</summary>
internal static class DetectableRatio
{
    private const double Largest = 1000;

    /// <param name="logShare">ln of what the family's evidence weighs in the whole.</param>
    /// <returns>Null when no ratio up to a thousand (or a rate of 1) would show.</returns>
    public static double? Of(
        JudgeSettings settings,
        double candidateRequests,
        double stableRequests,
        double stableErrors,
        double logShare
    )
    {
        if (candidateRequests <= 0 || stableRequests <= 0)
            return null;
        // With no error seen the rate is somewhere below one in all requests; half of that is taken.
        var rate = Math.Max(stableErrors, 0.5) / stableRequests;
        var table = new RatioTable(settings.ToleratedErrorRatio);
        table.Prepare(candidateRequests / (candidateRequests + stableRequests));
        Span<double> logs = stackalloc double[RatioTable.Count];
        for (var ratio = settings.ToleratedErrorRatio; ratio <= Largest && ratio * rate <= 1; ratio *= 1.02)
        {
            var errors = ratio * rate * candidateRequests;
            for (var k = 0; k < RatioTable.Count; k++)
                logs[k] = errors * table.Candidate[k] + rate * stableRequests * table.Stable[k];
            var evidence = LogSum.Of(logs) - LogSum.LnRatios + logShare;
            if (errors >= settings.MinimumCandidateErrors && evidence >= -Math.Log(settings.FalseAbortProbability))
                return ratio;
        }
        return null;
    }
}
