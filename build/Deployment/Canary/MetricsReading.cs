using System.Collections.Immutable;

namespace Slipway.Canary;

/// <summary>Fixed upper bounds of the latency histogram, milliseconds: 0.1 ms growing by 10 % up to two minutes.</summary>
public static class LatencyBounds
{
    public static ImmutableArray<double> Milliseconds { get; } = Make();

    private static ImmutableArray<double> Make()
    {
        var bounds = ImmutableArray.CreateBuilder<double>();
        for (var bound = 0.1; bound < 120_000; bound *= 1.1)
            bounds.Add(bound);
        return bounds.ToImmutable();
    }
}

/// <summary>Growing latency counters of one arm.</summary>
/// <param name="SumOfLogs">Sum of ln(ms).</param>
/// <param name="SumOfSquaredLogs">Sum of ln(ms)².</param>
/// <param name="Buckets">
/// Count per bucket of <see cref="LatencyBounds"/> (not cumulative over buckets), one more for what is above the last
/// bound; empty when the source has no histogram.
/// </param>
public sealed record LatencyCounters(
    long Count,
    double SumOfLogs,
    double SumOfSquaredLogs,
    ImmutableArray<long> Buckets
);

/// <summary>Growing counters of one arm, summed over its services.</summary>
/// <param name="ServerErrors">Answers with a 5xx status that the instance sent.</param>
/// <param name="Timeouts">Requests that timed out or whose connection was refused or reset.</param>
/// <param name="Crashes">Instance deaths.</param>
public sealed record ArmCounters(
    long Requests,
    long ServerErrors,
    long Timeouts,
    long Crashes,
    LatencyCounters Latency
);

/// <param name="Epoch">Identity of the counters' life, e.g. the router's process and start time; another one means a reset.</param>
/// <param name="At">The instant up to which everything is counted.</param>
public sealed record MetricsReading(DateTimeOffset At, string Epoch, ArmCounters? Stable, ArmCounters? Candidate)
{
    /// <summary>
    /// From where to <see cref="At"/> the source only knows totals and has spread them evenly; <see cref="At"/> itself
    /// when it knows the counts of that instant.
    /// </summary>
    public DateTimeOffset SpreadFrom { get; init; } = At;
}
