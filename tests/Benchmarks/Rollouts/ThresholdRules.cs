using System.Globalization;
using Slipway.Canary;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>
/// One check per interval of the success rate over the last minute; a failed one counts, and so does one without
/// traffic. The rollback comes with the check after the one that reached the threshold, as Flagger's control loop does it.
/// </summary>
internal sealed record FlaggerRule(string Name, double IntervalSeconds, int Threshold) : IRolloutRule
{
    private const double MinimumSuccessRate = 0.99;
    private const double WindowSeconds = 60;

    public string Settings =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"interval {IntervalSeconds:0} s, threshold {Threshold}, request-success-rate ≥ {MinimumSuccessRate:P0} over 1 min"
        );

    public IRolloutJudge Begin(CanaryPlan plan) => new Judge(this);

    private sealed class Judge(FlaggerRule rule) : IRolloutJudge
    {
        private readonly SuccessRate rate = new(WindowSeconds);
        private double next = rule.IntervalSeconds;
        private int failedChecks;

        public bool IsHeld => false;

        public bool Aborts(CanaryTick tick, double time)
        {
            rate.Add(tick, time);
            if (time < next - 0.01)
                return false;
            next += rule.IntervalSeconds;
            if (failedChecks >= rule.Threshold)
                return true;
            if (rate.At(time) is not { } success || success < MinimumSuccessRate)
                failedChecks++;
            return false;
        }
    }
}

/// <summary>
/// One measurement of the success rate per interval, over the interval; more failed ones than the limit end the
/// rollout. A measurement without traffic does not count.
/// </summary>
internal sealed record ArgoRule(string Name, double IntervalSeconds, int FailureLimit, double SuccessRate)
    : IRolloutRule
{
    public string Settings =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"interval {IntervalSeconds:0} s, failureLimit {FailureLimit}, successCondition ≥ {SuccessRate:0.00}"
        );

    public IRolloutJudge Begin(CanaryPlan plan) => new Judge(this);

    private sealed class Judge(ArgoRule rule) : IRolloutJudge
    {
        private readonly SuccessRate rate = new(rule.IntervalSeconds);
        private double next = rule.IntervalSeconds;
        private int failures;

        public bool IsHeld => false;

        public bool Aborts(CanaryTick tick, double time)
        {
            rate.Add(tick, time);
            if (time < next - 0.01)
                return false;
            next += rule.IntervalSeconds;
            if (rate.At(time) is { } success && success < rule.SuccessRate)
                failures++;
            return failures > rule.FailureLimit;
        }
    }
}

/// <summary>Share of the candidate's requests that did not fail, over a sliding window.</summary>
internal sealed class SuccessRate(double windowSeconds)
{
    private readonly Queue<(double Time, long Requests, long Failed)> seen = new();

    public void Add(CanaryTick tick, double time) =>
        seen.Enqueue((time, tick.Candidate?.Requests ?? 0, tick.Candidate?.Failed ?? 0));

    /// <summary>0 to 1; null without a request.</summary>
    public double? At(double time)
    {
        while (seen.TryPeek(out var oldest) && oldest.Time <= time - windowSeconds - 0.01)
            seen.Dequeue();
        var requests = seen.Sum(one => one.Requests);
        return requests == 0 ? null : 1 - (double)seen.Sum(one => one.Failed) / requests;
    }
}
