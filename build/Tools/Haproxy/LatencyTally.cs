using System.Collections.Immutable;
using Slipway.Canary;

namespace Slipway.Tools;

/// <summary>Adds latencies up into the growing counters that the judge compares.</summary>
public sealed class LatencyTally
{
    /// <summary>
    /// Shortest latency that is told apart, milliseconds. Below it the router's own event loop decides, and the
    /// logarithm would make a tenth of a millisecond as important as a doubling.
    /// </summary>
    public const double Floor = 0.5;

    private readonly long[] _buckets = new long[LatencyBounds.Milliseconds.Length + 1];
    private long _count;
    private double _sumOfLogs;
    private double _sumOfSquaredLogs;

    public void Add(double milliseconds)
    {
        var counted = Math.Max(milliseconds, Floor);
        var log = Math.Log(counted);
        _count++;
        _sumOfLogs += log;
        _sumOfSquaredLogs += log * log;
        var place = LatencyBounds.Milliseconds.BinarySearch(counted);
        _buckets[place < 0 ? ~place : place]++;
    }

    public LatencyCounters Read() => new(_count, _sumOfLogs, _sumOfSquaredLogs, [.. _buckets]);
}
