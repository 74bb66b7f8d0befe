using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Environments;

namespace Slipway.Tools;

/// <summary>One statistic of one metric of one target group.</summary>
public sealed record CloudWatchQuery(string TargetGroup, string Metric, string Statistic);

/// <summary>aws's command lines, and what is asked of CloudWatch.</summary>
public static class CloudWatchCommands
{
    public const string Requests = "RequestCount";
    public const string ServerErrors = "HTTPCode_Target_5XX_Count";
    public const string ConnectionErrors = "TargetConnectionErrorCount";
    public const string ResponseTime = "TargetResponseTime";
    public const string Sum = "Sum";
    public const string Count = "SampleCount";
    public const string Least = "Minimum";
    public const string Most = "Maximum";

    /// <summary>A request takes 500; an argument of a program has a length, too.</summary>
    public const int MostQueries = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Percentiles of the response time that are asked for, ascending.</summary>
    public static ImmutableArray<double> Percentiles { get; } = [10, 25, 50, 75, 90, 95, 99, 99.9];

    public static string Percentile(double percent) => string.Create(CultureInfo.InvariantCulture, $"p{percent}");

    public static ImmutableArray<CloudWatchQuery> Queries(CloudWatchSettings settings) =>
        [
            .. settings
                .Blue.Concat(settings.Green)
                .SelectMany(group =>
                    (CloudWatchQuery[])
                        [
                            new(group, Requests, Sum),
                            new(group, ServerErrors, Sum),
                            new(group, ConnectionErrors, Sum),
                            new(group, ResponseTime, Count),
                            new(group, ResponseTime, Least),
                            .. Percentiles.Select(percent => new CloudWatchQuery(
                                group,
                                ResponseTime,
                                Percentile(percent)
                            )),
                            new(group, ResponseTime, Most),
                        ]
                ),
        ];

    /// <summary>The id of the query at a place in the list of all.</summary>
    public static string Id(int place) => string.Create(CultureInfo.InvariantCulture, $"q{place}");

    /// <param name="from">Start of the first period.</param>
    /// <param name="until">End of the last period; it is itself no start.</param>
    public static ImmutableArray<Command> GetMetricData(
        CloudWatchSettings settings,
        DateTimeOffset from,
        DateTimeOffset until
    ) =>
        [
            .. Queries(settings)
                .Select((query, place) => Data(settings, query, place))
                .Chunk(MostQueries)
                .Select(chunk => GetMetricData(settings, JsonSerializer.Serialize(chunk), from, until)),
        ];

    private static Command GetMetricData(
        CloudWatchSettings settings,
        string queries,
        DateTimeOffset from,
        DateTimeOffset until
    ) =>
        Command.Of(
            "aws",
            [
                "cloudwatch",
                "get-metric-data",
                "--metric-data-queries",
                queries,
                "--start-time",
                Instant(from),
                "--end-time",
                Instant(until),
                "--scan-by",
                "TimestampAscending",
                "--output",
                "json",
                .. settings.Region is { } region ? (string[])["--region", region] : [],
                "--cli-connect-timeout",
                "5",
                "--cli-read-timeout",
                "15",
            ]
        ) with
        {
            Timeout = Limit,
            // Version 2 would show long output page by page and wait for a key.
            Environment = ImmutableSortedDictionary<string, string?>.Empty.Add("AWS_PAGER", ""),
        };

    private static object Data(CloudWatchSettings settings, CloudWatchQuery query, int place) =>
        new
        {
            Id = Id(place),
            MetricStat = new
            {
                Metric = new
                {
                    settings.Namespace,
                    MetricName = query.Metric,
                    Dimensions = settings
                        .Dimensions.Select(dimension => new { Name = dimension.Key, dimension.Value })
                        .Append(new { Name = "LoadBalancer", Value = settings.LoadBalancer })
                        .Append(new { Name = "TargetGroup", Value = query.TargetGroup }),
                },
                Period = (int)settings.Period.TotalSeconds,
                Stat = query.Statistic,
            },
        };

    private static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
