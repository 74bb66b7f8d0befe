using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Tools;

/// <summary>A bucket of a histogram as it was exposed.</summary>
public readonly record struct LatencyBucket(double Lower, double Upper);

/// <param name="Labels">Without the metric's name.</param>
/// <param name="Value">NaN for a histogram.</param>
/// <param name="Histogram">Null for a number.</param>
public sealed record PrometheusSample(
    ImmutableDictionary<string, string> Labels,
    DateTimeOffset EvaluatedAt,
    double Value,
    ImmutableDictionary<LatencyBucket, double>? Histogram
);

/// <summary>The JSON of <c>/api/v1/query</c>, as types.</summary>
/// <param name="Problem">Why there is no whole answer; null when there is one.</param>
public sealed record PrometheusAnswer(ImmutableArray<PrometheusSample> Samples, string? Problem)
{
    private const int LongestMessage = 300;

    public static PrometheusAnswer Failed(string problem) => new([], problem);

    public static PrometheusAnswer Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception unreadable)
            when (unreadable
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or IndexOutOfRangeException
                        or ArgumentException
            )
        {
            return Failed("the answer is not that of Prometheus's query API");
        }
    }

    private static PrometheusAnswer Read(JsonElement root)
    {
        if (root.GetProperty("status").GetString() != "success")
            return Failed(
                $"{Shown(root.GetProperty("errorType").GetString())}: {Shown(root.GetProperty("error").GetString())}"
            );
        // A store behind it that did not answer, a limit that was met: what is there is not all.
        if (root.TryGetProperty("warnings", out var warnings) && warnings.GetArrayLength() > 0)
            return Failed($"partial answer: {Shown(warnings[0].GetString())}");
        var data = root.GetProperty("data");
        return data.GetProperty("resultType").GetString() == "vector"
            ? new([.. data.GetProperty("result").EnumerateArray().Select(Sample)], null)
            : Failed("the answer is no instant vector");
    }

    private static PrometheusSample Sample(JsonElement element)
    {
        var labels = element
            .GetProperty("metric")
            .EnumerateObject()
            .Where(label => label.Name != "__name__")
            .ToImmutableDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);
        if (element.TryGetProperty("value", out var value))
            return new(labels, Instant(value[0].GetDouble()), Number(value[1]), null);
        var histogram = element.GetProperty("histogram");
        return new(labels, Instant(histogram[0].GetDouble()), double.NaN, Buckets(histogram[1]));
    }

    /// <summary>Each <c>[boundary rule, left, right, count]</c>; the counts are the buckets' own. Empty ones are left out.</summary>
    private static ImmutableDictionary<LatencyBucket, double> Buckets(JsonElement histogram)
    {
        var buckets = ImmutableDictionary.CreateBuilder<LatencyBucket, double>();
        if (histogram.TryGetProperty("buckets", out var listed))
            foreach (var bucket in listed.EnumerateArray())
            {
                // The zero bucket reaches below 0 where no latency is.
                var key = new LatencyBucket(Math.Max(0, Number(bucket[1])), Math.Max(0, Number(bucket[2])));
                buckets[key] = buckets.GetValueOrDefault(key) + Number(bucket[3]);
            }
        return buckets.ToImmutable();
    }

    private static double Number(JsonElement text) =>
        text.GetString() switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var number => double.Parse(number!, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

    internal static DateTimeOffset Instant(double unixSeconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(unixSeconds * 1000));

    private static string Shown(string? text) =>
        new([.. (text ?? "?").Take(LongestMessage).Select(c => char.IsControl(c) ? ' ' : c)]);
}
