using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>What one instance has counted since it began; numbers as Prometheus has them, so not always whole.</summary>
/// <param name="Latency">Requests in each bucket of its own, not in those below.</param>
public sealed record InstanceCounts(
    double Requests,
    double ServerErrors,
    double Timeouts,
    double Crashes,
    ImmutableDictionary<LatencyBucket, double> Latency
)
{
    public static InstanceCounts None { get; } = new(0, 0, 0, 0, ImmutableDictionary<LatencyBucket, double>.Empty);

    public bool IsSound =>
        Sound(Requests) && Sound(ServerErrors) && Sound(Timeouts) && Sound(Crashes) && Latency.Values.All(Sound);

    public InstanceCounts Plus(InstanceCounts other, double factor = 1) =>
        new(
            Requests + factor * other.Requests,
            ServerErrors + factor * other.ServerErrors,
            Timeouts + factor * other.Timeouts,
            Crashes + factor * other.Crashes,
            Plus(Latency, other.Latency, factor)
        );

    public InstanceCounts Minus(InstanceCounts other) => Plus(other, -1);

    /// <summary>Whether any count is smaller than it was: something that only grows has begun anew.</summary>
    public bool IsBelow(InstanceCounts before) =>
        Requests < before.Requests
        || ServerErrors < before.ServerErrors
        || Timeouts < before.Timeouts
        || Crashes < before.Crashes
        || before.Latency.Any(bucket => Latency.GetValueOrDefault(bucket.Key) < bucket.Value);

    private static bool Sound(double count) => double.IsFinite(count) && count >= 0;

    private static ImmutableDictionary<LatencyBucket, double> Plus(
        ImmutableDictionary<LatencyBucket, double> left,
        ImmutableDictionary<LatencyBucket, double> right,
        double factor
    )
    {
        var sum = left.ToBuilder();
        foreach (var (bucket, count) in right)
            sum[bucket] = sum.GetValueOrDefault(bucket) + factor * count;
        return sum.ToImmutable();
    }
}
