using System.Collections.Immutable;
using System.Globalization;
using Slipway.Environments;

namespace Slipway.Tools;

/// <summary>One instance as its newest scrape shows it.</summary>
/// <param name="Arm">Value of the arm's label, a version without its <c>v</c>.</param>
/// <param name="Instance">Value of the label <c>instance</c>; empty when the query adds instances up.</param>
/// <param name="StartedAt">Since when it counts; null when nobody says.</param>
public sealed record InstanceScrape(
    string Arm,
    string Instance,
    DateTimeOffset At,
    DateTimeOffset EvaluatedAt,
    DateTimeOffset? StartedAt,
    InstanceCounts Counts
)
{
    /// <summary>Instances with the time of their sample; a sample without one says nothing about when.</summary>
    public static ImmutableArray<InstanceScrape> Of(PrometheusAnswer answer, PrometheusSettings settings) =>
        [
            .. answer
                .Samples.GroupBy(sample =>
                    (
                        PrometheusQuestion.NameOf(
                            settings.ArmBy,
                            sample.Labels.GetValueOrDefault(settings.ArmLabel, "")
                        ),
                        sample.Labels.GetValueOrDefault("instance", "")
                    )
                )
                .Select(instance => Of(instance.Key.Item1, instance.Key.Item2, [.. instance], settings.LatencyUnit))
                .OfType<InstanceScrape>(),
        ];

    private static InstanceScrape? Of(
        string arm,
        string instance,
        ImmutableArray<PrometheusSample> samples,
        TimeSpan unit
    )
    {
        if (Number(SampleKind.Sampled, double.NaN) is var sampled && !IsTime(sampled))
            return null;
        var started = Number(SampleKind.Started, double.NaN);
        return new(
            arm,
            instance,
            PrometheusAnswer.Instant(sampled),
            samples[0].EvaluatedAt,
            IsTime(started) ? PrometheusAnswer.Instant(started) : null,
            new(
                Sum(SampleKind.Requests),
                Sum(SampleKind.ServerErrors),
                Sum(SampleKind.Timeouts),
                Sum(SampleKind.Crashes),
                Latency(samples, unit.TotalMilliseconds)
            )
        );

        // A time of several processes behind one label is the newest; a count is all of them.
        double Number(SampleKind kind, double otherwise) =>
            Of(samples, kind).Select(sample => sample.Value).DefaultIfEmpty(otherwise).Max();

        double Sum(SampleKind kind) => Of(samples, kind).Sum(sample => sample.Value);
    }

    private static bool IsTime(double unixSeconds) => unixSeconds is > 0 and < 1e11;

    private static IEnumerable<PrometheusSample> Of(IEnumerable<PrometheusSample> samples, SampleKind kind) =>
        samples.Where(sample => sample.Labels.GetValueOrDefault(PrometheusQuestion.KindLabel) == $"{kind}");

    private static ImmutableDictionary<LatencyBucket, double> Latency(
        IEnumerable<PrometheusSample> samples,
        double unit
    )
    {
        var latency = Of(samples, SampleKind.Latency).ToList();
        var native = latency.Where(sample => sample.Histogram is not null).ToList();
        var buckets = native.Count > 0 ? Native(native) : Classic(latency);
        return buckets
            .GroupBy(
                bucket => new LatencyBucket(bucket.Key.Lower * unit, bucket.Key.Upper * unit),
                bucket => bucket.Value
            )
            .ToImmutableDictionary(group => group.Key, group => group.Sum());
    }

    private static IEnumerable<KeyValuePair<LatencyBucket, double>> Native(IEnumerable<PrometheusSample> samples) =>
        samples.SelectMany(sample => sample.Histogram!);

    /// <summary>A classic bucket counts those below it, too.</summary>
    private static IEnumerable<KeyValuePair<LatencyBucket, double>> Classic(IEnumerable<PrometheusSample> samples)
    {
        var lower = 0.0;
        var below = 0.0;
        foreach (
            var (upper, count) in samples
                .Select(sample => (Upper: Bound(sample), sample.Value))
                .Where(bucket => !double.IsNaN(bucket.Upper))
                .GroupBy(bucket => bucket.Upper, bucket => bucket.Value)
                .Select(group => (group.Key, group.Sum()))
                .OrderBy(bucket => bucket.Key)
        )
        {
            yield return new(new(lower, Math.Max(0, upper)), count - below);
            (lower, below) = (Math.Max(0, upper), count);
        }
    }

    private static double Bound(PrometheusSample sample) =>
        sample.Labels.GetValueOrDefault("le") is not { } le ? double.NaN
        : le == "+Inf" ? double.PositiveInfinity
        : double.TryParse(le, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) ? bound
        : double.NaN;
}
