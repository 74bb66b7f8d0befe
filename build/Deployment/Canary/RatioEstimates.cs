namespace Slipway.Canary;

/// <summary>Candidate's rate as a multiple of the stable arm's, with a 95 % interval, for people; nothing here decides.</summary>
/// <param name="Value">Null without data.</param>
internal readonly record struct RatioEstimate(double? Value, double? Low, double? High);

/// <summary>Sums of one stage from which ratios are told, and the exposure that tells what could have been seen.</summary>
internal sealed class RatioEstimates
{
    private Family serverErrors;
    private Family timeouts;
    private Family crashes;
    private Family tail;
    private double latencyDifference;
    private double latencyWeight;
    private double stableFailedBefore;
    private double stableRequestsBefore;
    private long failedAtFull;
    private long requestsAtFull;

    public long CandidateRequests { get; private set; }

    public long StableRequests { get; private set; }

    public long StableErrors { get; private set; }

    public void BeginStage()
    {
        serverErrors = default;
        timeouts = default;
        crashes = default;
        tail = default;
        (latencyDifference, latencyWeight) = (0, 0);
        (failedAtFull, requestsAtFull) = (0, 0);
        (CandidateRequests, StableRequests, StableErrors) = (0, 0, 0);
    }

    public void Add(ArmTick candidate, ArmTick stable, LatencyVariance? variance)
    {
        CandidateRequests += candidate.Requests;
        StableRequests += stable.Requests;
        StableErrors += stable.ServerErrors;
        stableFailedBefore += stable.Failed;
        stableRequestsBefore += stable.Requests;
        serverErrors.Add(candidate.ServerErrors, candidate.Requests, stable.ServerErrors, stable.Requests);
        timeouts.Add(candidate.Timeouts, candidate.Requests, stable.Timeouts, stable.Requests);
        crashes.Add(candidate.Crashes, candidate.Requests, stable.Crashes, stable.Requests);
        var (c, s) = (candidate.Latency, stable.Latency);
        tail.Add(c.AboveP99, c.TailCount, s.AboveP99, s.TailCount);
        if (variance is not { } v || c.Count == 0 || s.Count == 0)
            return;
        var weight = 1 / v.OfDifference(c.Count, s.Count);
        latencyDifference += (c.SumOfLogs / c.Count - s.SumOfLogs / s.Count) * weight;
        latencyWeight += weight;
    }

    public void AddFull(ArmTick candidate)
    {
        CandidateRequests += candidate.Requests;
        failedAtFull += candidate.Failed;
        requestsAtFull += candidate.Requests;
    }

    public RatioEstimate Of(CanaryMetric metric) =>
        metric switch
        {
            CanaryMetric.ServerErrors => serverErrors.Ratio,
            CanaryMetric.Timeouts => timeouts.Ratio,
            CanaryMetric.Crashes => crashes.Ratio,
            CanaryMetric.Tail => tail.Ratio,
            CanaryMetric.Latency => LatencyRatio,
            CanaryMetric.FailuresAtFull => FullRatio,
            _ => default,
        };

    private RatioEstimate LatencyRatio
    {
        get
        {
            if (latencyWeight <= 0)
                return default;
            var difference = latencyDifference / latencyWeight;
            var half = 1.96 / Math.Sqrt(latencyWeight);
            return new(Math.Exp(difference), Math.Exp(difference - half), Math.Exp(difference + half));
        }
    }

    private RatioEstimate FullRatio
    {
        get
        {
            var family = default(Family);
            family.Add(failedAtFull, requestsAtFull, stableFailedBefore, stableRequestsBefore);
            return family.Ratio;
        }
    }

    /// <summary>Mantel–Haenszel: ticks with other splits of traffic are not mixed up.</summary>
    private struct Family
    {
        private double candidateSide;
        private double stableSide;
        private double candidateErrors;
        private double stableErrors;
        private double candidateRequests;
        private double stableRequests;

        public void Add(double errorsOfCandidate, double ofCandidate, double errorsOfStable, double ofStable)
        {
            if (ofCandidate + ofStable <= 0)
                return;
            candidateSide += errorsOfCandidate * ofStable / (ofCandidate + ofStable);
            stableSide += errorsOfStable * ofCandidate / (ofCandidate + ofStable);
            candidateErrors += errorsOfCandidate;
            stableErrors += errorsOfStable;
            candidateRequests += ofCandidate;
            stableRequests += ofStable;
        }

        public readonly RatioEstimate Ratio
        {
            get
            {
                if (candidateRequests <= 0 || stableRequests <= 0 || candidateErrors + stableErrors <= 0)
                    return default;
                var total = candidateRequests + stableRequests;
                // Half an error more on each side keeps the ratio finite when one side has none.
                var up = candidateSide + 0.5 * stableRequests / total;
                var down = stableSide + 0.5 * candidateRequests / total;
                var ratio = stableErrors > 0 && candidateErrors > 0 ? candidateSide / stableSide : up / down;
                var half = 1.96 * Math.Sqrt(1 / (candidateErrors + 0.5) + 1 / (stableErrors + 0.5));
                return new(ratio, ratio * Math.Exp(-half), ratio * Math.Exp(half));
            }
        }
    }
}
