using Slipway.Canary;

namespace Slipway.Tools;

/// <summary>The instances of one arm together, as whole numbers that only grow.</summary>
internal sealed class ArmTotals
{
    private readonly LatencyHistogram _latency = new();
    private readonly Dictionary<LatencyBucket, long> _counted = [];
    private InstanceCounts _total = InstanceCounts.None;

    public void Add(InstanceCounts grown)
    {
        _total = _total.Plus(grown);
        // From below, so that the places inside the buckets do not depend on a dictionary's order.
        foreach (
            var (bucket, count) in _total.Latency.OrderBy(entry => entry.Key.Lower).ThenBy(entry => entry.Key.Upper)
        )
        {
            var whole = Whole(count);
            var more = whole - _counted.GetValueOrDefault(bucket);
            if (more <= 0)
                continue;
            _latency.Add(bucket.Lower, bucket.Upper, more);
            _counted[bucket] = whole;
        }
    }

    public ArmCounters Read() =>
        new(
            Whole(_total.Requests),
            Whole(_total.ServerErrors),
            Whole(_total.Timeouts),
            Whole(_total.Crashes),
            _latency.Read()
        );

    /// <summary>What is nearly whole is whole: the rest is rounding of many small steps.</summary>
    private static long Whole(double count) => (long)Math.Floor(count + 1e-6);
}
