using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>What a target group did in one period. CloudWatch has no data point where there was nothing to report: that is 0.</summary>
public sealed record TargetGroupPeriod(
    string TargetGroup,
    DateTimeOffset Start,
    long Requests,
    long ServerErrors,
    long ConnectionErrors,
    ImmutableArray<(double Lower, double Upper, long Requests)> Latency
)
{
    /// <param name="values">Value of a metric's statistic in this period, null without a data point.</param>
    public static TargetGroupPeriod Of(string group, DateTimeOffset start, Func<string, string, double?> values)
    {
        return new(
            group,
            start,
            Count(CloudWatchCommands.Requests, CloudWatchCommands.Sum),
            Count(CloudWatchCommands.ServerErrors, CloudWatchCommands.Sum),
            Count(CloudWatchCommands.ConnectionErrors, CloudWatchCommands.Sum),
            Curve(values, Count(CloudWatchCommands.ResponseTime, CloudWatchCommands.Count))
        );

        long Count(string metric, string statistic) =>
            values(metric, statistic) is { } value && value is >= 0 and < 1e15 ? (long)Math.Round(value) : 0;
    }

    private static ImmutableArray<(double, double, long)> Curve(Func<string, string, double?> values, long requests)
    {
        (double Percent, double? Seconds)[] curve =
        [
            (0, values(CloudWatchCommands.ResponseTime, CloudWatchCommands.Least)),
            .. CloudWatchCommands.Percentiles.Select(percent =>
                (percent, values(CloudWatchCommands.ResponseTime, CloudWatchCommands.Percentile(percent)))
            ),
            (100, values(CloudWatchCommands.ResponseTime, CloudWatchCommands.Most)),
        ];
        var known = curve
            .Where(point => point.Seconds is >= 0 and < 1e6)
            .Select(point => (point.Percent, point.Seconds!.Value * 1000))
            .ToList();
        return known is [{ Percent: 0 }, .., { Percent: 100 }] ? PercentileCurve.Buckets(known, requests) : [];
    }
}
