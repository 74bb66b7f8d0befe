using System.Collections.Immutable;

namespace Slipway.Canary;

/// <param name="Dropped">Why there is nothing to judge; null when there is.</param>
public sealed record TickDifference(ArmTick? Stable, ArmTick? Candidate, double Seconds, string? Dropped);

/// <summary>
/// Turns growing counters into what happened since the reading before. A missing answer, a missing arm, a reset or a
/// number that cannot be gives a dropped tick; the next good reading starts from itself.
/// </summary>
/// <param name="latencyFloorMilliseconds">How much slower than the stable arm's quantile a request must be to count as slow.</param>
public sealed class CounterDifference(double latencyFloorMilliseconds = 0)
{
    private readonly LatencyReference reference = new(latencyFloorMilliseconds);
    private MetricsReading? before;

    /// <summary>Starts anew from the next reading: what happens until then (a weight change) is not judged.</summary>
    public void Restart() => before = null;

    /// <param name="needsCandidate">False before the first weight, when only the stable arm serves.</param>
    public TickDifference Take(MetricsReading? reading, bool needsCandidate = true)
    {
        var previous = before;
        if (reading is null)
            return Drop(previous, null, "the metrics source does not answer");
        if (reading.Stable is null || (needsCandidate && reading.Candidate is null))
            return Drop(
                previous,
                null,
                reading.Stable is null ? "no metrics of the stable version" : "no metrics of the candidate"
            );
        before = reading;
        if (previous is null)
            return Drop(null, reading, "first reading");
        if (previous.Epoch != reading.Epoch)
            return Drop(previous, reading, "counters reset: another epoch");
        if (reading.At <= previous.At)
            return Drop(previous, reading, "reading is not newer than the one before");
        if (previous.Stable is null || (needsCandidate && previous.Candidate is null))
            return Drop(previous, reading, "first reading of an arm");
        var stable = Between(previous.Stable, reading.Stable);
        var candidate = needsCandidate ? Between(previous.Candidate!, reading.Candidate!) : null;
        if (stable is null || (needsCandidate && candidate is null))
            return Drop(previous, reading, "counters reset: a count became smaller or is no number");
        reference.Learn(previous.Stable.Latency.Buckets, reading.Stable.Latency.Buckets);
        return new(stable, candidate, (reading.At - previous.At).TotalSeconds, null);
    }

    private static TickDifference Drop(MetricsReading? previous, MetricsReading? reading, string why) =>
        new(
            null,
            null,
            previous is null || reading is null ? 0 : Math.Max(0, (reading.At - previous.At).TotalSeconds),
            why
        );

    private ArmTick? Between(ArmCounters from, ArmCounters to)
    {
        var tick = new ArmTick(
            to.Requests - from.Requests,
            to.ServerErrors - from.ServerErrors,
            to.Timeouts - from.Timeouts,
            to.Crashes - from.Crashes,
            reference.Between(from.Latency, to.Latency) ?? new LatencyTick(-1, 0, 0)
        );
        return tick.IsSound ? tick : null;
    }
}

/// <summary>
/// The stable arm's latency distribution before a tick: its quantiles and the cap for outliers. Taken from the past
/// only, so that no tick shapes its own yardstick.
/// </summary>
internal sealed class LatencyReference(double floorMilliseconds)
{
    /// <summary>Fewer requests than this do not tell a p99.</summary>
    private const long Enough = 100;

    private readonly long[] counts = new long[LatencyBounds.Milliseconds.Length + 1];
    private long total;
    private int p50;
    private int p90;
    private int p99;
    private int cap = int.MaxValue;

    /// <summary>Null when a count became smaller or the histograms do not fit each other.</summary>
    public LatencyTick? Between(LatencyCounters from, LatencyCounters to)
    {
        var count = to.Count - from.Count;
        var sum = to.SumOfLogs - from.SumOfLogs;
        var squares = to.SumOfSquaredLogs - from.SumOfSquaredLogs;
        if (count < 0 || !double.IsFinite(sum) || !double.IsFinite(squares))
            return null;
        if (count == 0)
            return LatencyTick.None;
        // Differences of large sums can end a rounding error below zero.
        squares = Math.Max(squares, sum * sum / count);
        if (to.Buckets.IsDefaultOrEmpty || to.Buckets.Length != counts.Length)
            return new LatencyTick(count, sum, squares);
        if (from.Buckets.IsDefault || from.Buckets.Length != counts.Length)
            return null;
        return FromHistogram(from.Buckets, to.Buckets, count, sum, squares);
    }

    public void Learn(ImmutableArray<long> from, ImmutableArray<long> to)
    {
        if (to.IsDefault || from.IsDefault || to.Length != counts.Length || from.Length != counts.Length)
            return;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += to[i] - from[i];
            total += to[i] - from[i];
        }
        if (total < Enough)
            return;
        (p50, p90, p99) = (Beyond(Quantile(0.5)), Beyond(Quantile(0.9)), Beyond(Quantile(0.99)));
        cap = total >= 10 * Enough ? Quantile(0.999) : int.MaxValue;
    }

    private LatencyTick? FromHistogram(
        ImmutableArray<long> from,
        ImmutableArray<long> to,
        long count,
        double sum,
        double squares
    )
    {
        long above50 = 0;
        long above90 = 0;
        long above99 = 0;
        long measured = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var n = to[i] - from[i];
            if (n < 0)
                return null;
            measured += n;
            above50 += i > p50 ? n : 0;
            above90 += i > p90 ? n : 0;
            above99 += i > p99 ? n : 0;
            if (i <= cap || n == 0)
                continue;
            var (value, limit) = (Middle(i), Middle(cap));
            sum -= n * (value - limit);
            squares -= n * (value * value - limit * limit);
        }
        squares = Math.Max(squares, sum * sum / count);
        return total < Enough
            ? new LatencyTick(count, sum, squares)
            : new LatencyTick(count, sum, squares, measured, above50, above90, above99);
    }

    /// <summary>ln of a bucket's middle.</summary>
    private static double Middle(int bucket)
    {
        var bounds = LatencyBounds.Milliseconds;
        if (bucket == 0)
            return Math.Log(bounds[0]);
        return bucket >= bounds.Length
            ? Math.Log(bounds[^1])
            : 0.5 * (Math.Log(bounds[bucket - 1]) + Math.Log(bounds[bucket]));
    }

    /// <summary>The bucket that lies the floor above another: what is slower by less is nobody's concern.</summary>
    private int Beyond(int bucket)
    {
        var bounds = LatencyBounds.Milliseconds;
        if (floorMilliseconds <= 0 || bucket >= bounds.Length)
            return bucket;
        var line = bounds[bucket] + floorMilliseconds;
        while (bucket < bounds.Length - 1 && bounds[bucket] < line)
            bucket++;
        return bucket;
    }

    private int Quantile(double q)
    {
        long below = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            if (below >= q * total)
                return i;
        }
        return counts.Length - 1;
    }
}
