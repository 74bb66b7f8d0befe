using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Environments;

namespace Slipway.Tools.Tests;

/// <summary>A load balancer with a target group in each slot, and what CloudWatch would say of it.</summary>
internal static class CloudWatchSample
{
    public const string Blue = "targetgroup/web-blue/943f017f100becff";
    public const string Green = "targetgroup/web-green/73e2d6bc24d8a067";

    public static DateTimeOffset Noon { get; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static CloudWatchSettings Settings { get; } =
        new(
            "app/azora/50dc6c495c0c9188",
            [Blue],
            [Green],
            "AWS/ApplicationELB",
            ImmutableSortedDictionary<string, string>.Empty,
            "us-east-1",
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(2)
        );

    /// <summary>Value of a query at the start of a period; null: no data point.</summary>
    public delegate double? Points(CloudWatchQuery query, DateTimeOffset start);

    /// <summary>A group that answers this many requests a minute, each in 10 to 100 ms, and fails this many.</summary>
    public static double? Steady(CloudWatchQuery query, double requests, double failed = 0) =>
        (query.Metric, query.Statistic) switch
        {
            (CloudWatchCommands.Requests, _) => requests,
            (CloudWatchCommands.ServerErrors, _) => failed > 0 ? failed : null,
            (CloudWatchCommands.ConnectionErrors, _) => null,
            (_, CloudWatchCommands.Count) => requests,
            (_, CloudWatchCommands.Least) => 0.010,
            (_, CloudWatchCommands.Most) => 0.100,
            // Even over the logarithm: 0.01 · 10^(percent/100).
            (_, var percentile) => 0.01
                * Math.Pow(10, double.Parse(percentile[1..], CultureInfo.InvariantCulture) / 100),
        };

    /// <summary>The results for what a request asks (CloudWatch's own JSON; aws prints the same members).</summary>
    public static object Answer(JsonElement request, Func<JsonElement, DateTimeOffset> instant, Points points)
    {
        var (from, until) = (instant(request.GetProperty("StartTime")), instant(request.GetProperty("EndTime")));
        var results = request
            .GetProperty("MetricDataQueries")
            .EnumerateArray()
            .Select(asked =>
            {
                var stat = asked.GetProperty("MetricStat");
                var metric = stat.GetProperty("Metric");
                var query = new CloudWatchQuery(
                    metric
                        .GetProperty("Dimensions")
                        .EnumerateArray()
                        .Single(dimension => dimension.GetProperty("Name").GetString() == "TargetGroup")
                        .GetProperty("Value")
                        .GetString()!,
                    metric.GetProperty("MetricName").GetString()!,
                    stat.GetProperty("Stat").GetString()!
                );
                var period = TimeSpan.FromSeconds(stat.GetProperty("Period").GetInt32());
                var data = Enumerable
                    .Range(0, (int)((until - from) / period))
                    .Select(place => from + place * period)
                    .Select(start => (start, Value: points(query, start)))
                    .Where(point => point.Value is not null)
                    .ToList();
                return new
                {
                    Id = asked.GetProperty("Id").GetString(),
                    Label = $"{query.TargetGroup} {query.Metric}",
                    Timestamps = data.Select(point => point.start.ToUnixTimeSeconds()),
                    Values = data.Select(point => point.Value!.Value),
                    StatusCode = "Complete",
                };
            });
        return new { MetricDataResults = results, Messages = Array.Empty<object>() };
    }
}

/// <summary>Stands in for <c>aws</c>: reads the arguments as it would, answers as CloudWatch would.</summary>
internal sealed class FakeAws(CloudWatchSample.Points points) : ICommandRunner
{
    public List<Command> Commands { get; } = [];

    /// <summary>Printed in place of an answer.</summary>
    public string? Output { get; set; }

    public Exception? Failure { get; set; }

    public Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        Commands.Add(command);
        if (Failure is not null)
            return Task.FromException<CommandResult>(Failure);
        var options = command.Arguments[2..].Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        using var request = JsonDocument.Parse(
            $$"""
            { "MetricDataQueries": {{options["--metric-data-queries"]}},
              "StartTime": "{{options["--start-time"]}}", "EndTime": "{{options["--end-time"]}}" }
            """
        );
        var answer = CloudWatchSample.Answer(request.RootElement, time => time.GetDateTimeOffset(), points);
        return Task.FromResult(
            new CommandResult(command, 0, Output ?? JsonSerializer.Serialize(answer), "", TimeSpan.Zero)
        );
    }
}

/// <summary>A clock that a test sets.</summary>
internal sealed class SetTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
