using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Slipway.Environments;

/// <summary>The keys of <c>rollout.metrics</c> and what they must be to each other.</summary>
internal static class MetricsReader
{
    private static readonly FrozenDictionary<string, MetricsSourceKind> Sources = Enum.GetValues<MetricsSourceKind>()
        .ToFrozenDictionary(kind => kind.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ArmNaming> Namings = Enum.GetValues<ArmNaming>()
        .ToFrozenDictionary(naming => naming.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, TimeUnit> Units = new Dictionary<string, TimeUnit>
    {
        ["seconds"] = TimeUnit.Second,
        ["milliseconds"] = TimeUnit.Millisecond,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private enum TimeUnit
    {
        Second,
        Millisecond,
    }

    public static MetricsSettings Read(ConfigurationSection section)
    {
        var source = section.Choice("source", Sources);
        var settings = new MetricsSettings
        {
            Source = source ?? MetricsSourceKind.Router,
            Prometheus = section.Section("prometheus", ReadPrometheus),
            CloudWatch = section.Section("cloudwatch", ReadCloudWatch),
        };
        section.Require("source", "one of cloudwatch, prometheus, router");
        Match("prometheus", MetricsSourceKind.Prometheus, "its url");
        Match("cloudwatch", MetricsSourceKind.CloudWatch, "its loadBalancer and target groups");
        return settings;

        void Match(string key, MetricsSourceKind kind, string what)
        {
            if (source == kind)
                section.Require(key, $"{what}: the source is {key}");
            else if (source is not null && section.Has(key))
                section.Error(key, "stands here, but is not the source", $"source \"{key}\", or leave {key} out");
        }
    }

    private static PrometheusSettings ReadPrometheus(ConfigurationSection section)
    {
        var by = section.Choice("armBy", Namings) ?? ArmNaming.Slot;
        var url = section.Require("url", "the base of its HTTP API, e.g. \"http://127.0.0.1:9090\"")
            ? section.Url("url")
            : null;
        return new(
            url ?? new Uri("http://127.0.0.1:9090"), // then there is an error
            by,
            section.Text("armLabel", TextRule.MetricLabel) ?? by.ToString().ToLowerInvariant(),
            section.Duration("scrapeInterval", TimeSpan.FromMinutes(5)) ?? TimeSpan.FromSeconds(15),
            section.Choice("latencyUnit", Units) == TimeUnit.Millisecond
                ? TimeSpan.FromMilliseconds(1)
                : TimeSpan.FromSeconds(1),
            section.Section("queries", ReadQueries) ?? new()
        );
    }

    private static PrometheusQueries ReadQueries(ConfigurationSection section)
    {
        var convention = new PrometheusQueries();
        return new()
        {
            Requests = section.Text("requests", TextRule.PromQl) ?? convention.Requests,
            ServerErrors = section.Text("serverErrors", TextRule.PromQl) ?? convention.ServerErrors,
            Timeouts = section.Text("timeouts", TextRule.PromQl),
            Crashes = section.Text("crashes", TextRule.PromQl),
            Latency = section.Text("latency", TextRule.PromQl) ?? convention.Latency,
            Started = section.Text("started", TextRule.PromQl) ?? convention.Started,
            Sampled = section.Text("sampled", TextRule.PromQl) ?? convention.Sampled,
        };
    }

    private static CloudWatchSettings ReadCloudWatch(ConfigurationSection section)
    {
        var groups = section.Require("targetGroups", "the target groups of the slots blue and green")
            ? section.Section("targetGroups", ReadTargetGroups)
            : null;
        var period = section.Duration("period", TimeSpan.FromHours(1)) ?? TimeSpan.FromMinutes(1);
        if (period.Ticks % TimeSpan.TicksPerMinute != 0)
            section.Error(
                "period",
                $"is {DurationText.Format(period)}",
                "whole minutes: a load balancer reports by the minute"
            );
        return new(
            section.RequiredText("loadBalancer", TextRule.LoadBalancer),
            groups?.Blue ?? [],
            groups?.Green ?? [],
            section.Text("namespace", TextRule.MetricNamespace) ?? "AWS/ApplicationELB",
            section.TextMap("dimensions", TextRule.MetricDimension, TextRule.MetricDimension),
            section.Text("region", TextRule.CloudRegion),
            period,
            section.Duration("delay", TimeSpan.FromHours(1)) ?? TimeSpan.FromMinutes(2)
        );
    }

    private static TargetGroups ReadTargetGroups(ConfigurationSection section)
    {
        foreach (var slot in new[] { "blue", "green" })
            section.Require(slot, "its target groups, one for each service");
        var groups = new TargetGroups(
            section.Texts("blue", TextRule.TargetGroup),
            section.Texts("green", TextRule.TargetGroup)
        );
        foreach (var (slot, names) in new[] { ("blue", groups.Blue), ("green", groups.Green) })
            if (names.IsEmpty && section.Has(slot))
                section.Error(slot, "names no target group", "at least one target group");
        if (groups.Blue.Intersect(groups.Green).FirstOrDefault() is { } shared)
            section.Error("green", $"shares {shared} with blue", "each target group in one slot");
        return groups;
    }

    private sealed record TargetGroups(ImmutableArray<string> Blue, ImmutableArray<string> Green);
}
