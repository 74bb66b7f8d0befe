using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Tools.Tests;

public class CloudWatchCommandsTests
{
    private static readonly DateTimeOffset From = CloudWatchSample.Noon.AddMinutes(-5);

    [Test]
    public void AsksForEachStatisticOfEachTargetGroup()
    {
        var command = CloudWatchCommands
            .GetMetricData(CloudWatchSample.Settings, From, CloudWatchSample.Noon)
            .ShouldHaveSingleItem();

        command.Program.ShouldBe("aws");
        command
            .Arguments.RemoveAt(3)
            .ShouldBe([
                "cloudwatch",
                "get-metric-data",
                "--metric-data-queries",
                "--start-time",
                "2026-11-20T11:55:00Z",
                "--end-time",
                "2026-11-20T12:00:00Z",
                "--scan-by",
                "TimestampAscending",
                "--output",
                "json",
                "--region",
                "us-east-1",
                "--cli-connect-timeout",
                "5",
                "--cli-read-timeout",
                "15",
            ]);
        command.Timeout.ShouldNotBeNull();
        using var queries = JsonDocument.Parse(command.Arguments[3]);
        queries.RootElement.GetArrayLength().ShouldBe(28);
        queries
            .RootElement[0]
            .GetRawText()
            .ShouldBe(
                """{"Id":"q0","MetricStat":{"Metric":{"Namespace":"AWS/ApplicationELB","MetricName":"RequestCount","Dimensions":[{"Name":"LoadBalancer","Value":"app/azora/50dc6c495c0c9188"},{"Name":"TargetGroup","Value":"targetgroup/web-blue/943f017f100becff"}]},"Period":60,"Stat":"Sum"}}"""
            );
        Queried(queries)
            .Take(14)
            .ShouldBe([
                "RequestCount Sum",
                "HTTPCode_Target_5XX_Count Sum",
                "TargetConnectionErrorCount Sum",
                "TargetResponseTime SampleCount",
                "TargetResponseTime Minimum",
                "TargetResponseTime p10",
                "TargetResponseTime p25",
                "TargetResponseTime p50",
                "TargetResponseTime p75",
                "TargetResponseTime p90",
                "TargetResponseTime p95",
                "TargetResponseTime p99",
                "TargetResponseTime p99.9",
                "TargetResponseTime Maximum",
            ]);
    }

    [Test]
    public void ManyTargetGroupsAreAskedInParts()
    {
        ImmutableArray<string> groups = [.. Enumerable.Range(0, 20).Select(i => $"targetgroup/service-{i}/{i:x16}")];

        var commands = CloudWatchCommands.GetMetricData(
            CloudWatchSample.Settings with
            {
                Blue = groups,
                Green = [],
            },
            From,
            CloudWatchSample.Noon
        );

        commands.Length.ShouldBe(3);
        commands.ShouldAllBe(command => command.Arguments[3].Length < 100_000);
        commands
            .SelectMany(command =>
            {
                using var queries = JsonDocument.Parse(command.Arguments[3]);
                return queries
                    .RootElement.EnumerateArray()
                    .Select(query => query.GetProperty("Id").GetString()!)
                    .ToList();
            })
            .ShouldBeUnique();
    }

    [Test]
    public void ADimensionIsData()
    {
        var settings = CloudWatchSample.Settings with
        {
            Dimensions = ImmutableSortedDictionary<string, string>.Empty.Add("Zone", "\"},$(id)"),
            Region = null,
        };

        var command = CloudWatchCommands.GetMetricData(settings, From, CloudWatchSample.Noon)[0];

        command.Arguments.ShouldNotContain("--region");
        using var queries = JsonDocument.Parse(command.Arguments[3]);
        queries
            .RootElement[0]
            .GetProperty("MetricStat")
            .GetProperty("Metric")
            .GetProperty("Dimensions")[0]
            .GetProperty("Value")
            .GetString()
            .ShouldBe("\"},$(id)");
    }

    private static IEnumerable<string> Queried(JsonDocument queries) =>
        queries
            .RootElement.EnumerateArray()
            .Select(query => query.GetProperty("MetricStat"))
            .Select(stat =>
                $"{stat.GetProperty("Metric").GetProperty("MetricName").GetString()} {stat.GetProperty("Stat").GetString()}"
            );
}
