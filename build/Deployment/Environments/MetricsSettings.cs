using System.Collections.Immutable;

namespace Slipway.Environments;

/// <summary>Who counts what the two versions answer during a rollout.</summary>
public enum MetricsSourceKind
{
    /// <summary>The router's own counters: nothing else is needed.</summary>
    Router,
    Prometheus,
    CloudWatch,
}

/// <summary><c>rollout.metrics</c>: where the judge's counters come from.</summary>
public sealed record MetricsSettings
{
    public MetricsSourceKind Source { get; init; }

    /// <summary>Set when the source is <see cref="MetricsSourceKind.Prometheus"/>.</summary>
    public PrometheusSettings? Prometheus { get; init; }

    /// <summary>Set when the source is <see cref="MetricsSourceKind.CloudWatch"/>.</summary>
    public CloudWatchSettings? CloudWatch { get; init; }

    /// <summary>How long after a change of weights a reading can still be about the time before it.</summary>
    public TimeSpan Lag =>
        Source switch
        {
            // The scrape before the change, the one after it that still holds both, and the first that holds the new weight alone.
            MetricsSourceKind.Prometheus when Prometheus is { } prometheus => 2 * prometheus.ScrapeInterval,
            MetricsSourceKind.CloudWatch when CloudWatch is { } cloudWatch => cloudWatch.Delay + cloudWatch.Period,
            _ => TimeSpan.Zero,
        };

    /// <summary>Looks at the beginning of a stage that can bring nothing yet: no reason to say that data is missing.</summary>
    public int LateTicks(TimeSpan checkInterval) =>
        Lag <= TimeSpan.Zero ? 0 : (int)Math.Ceiling(Lag / checkInterval) + 1;
}

/// <summary>What tells the arms apart in a Prometheus: the value of a label.</summary>
public enum ArmNaming
{
    /// <summary><c>blue</c> and <c>green</c>, the slots of the router.</summary>
    Slot,

    /// <summary>The versions' numbers, with or without a leading <c>v</c>.</summary>
    Version,
}

/// <param name="Url">Base of the HTTP API: <c>api/v1/query</c> is below it.</param>
/// <param name="ArmLabel">Label on every series that tells the arms apart.</param>
/// <param name="ScrapeInterval">How often targets are scraped; samples older than four scrapes are no answer.</param>
/// <param name="LatencyUnit">What one is in the latency histogram's bounds: a second by Prometheus's convention.</param>
public sealed record PrometheusSettings(
    Uri Url,
    ArmNaming ArmBy,
    string ArmLabel,
    TimeSpan ScrapeInterval,
    TimeSpan LatencyUnit,
    PrometheusQueries Queries
)
{
    public TimeSpan StaleAfter => 4 * ScrapeInterval;
}

/// <summary>
/// PromQL, each an instant vector with the arm's label and, where there is one, <c>instance</c>. <c>$arms</c> stands for
/// the matcher of both arms (<c>slot=~"blue|green"</c>), <c>$arm</c> for the label's name.
/// </summary>
public sealed record PrometheusQueries
{
    /// <summary>Counter of requests.</summary>
    public string Requests { get; init; } = "sum by ($arm, instance) (http_requests_total{$arms})";

    /// <summary>Counter of answers with a 5xx status.</summary>
    public string ServerErrors { get; init; } = "sum by ($arm, instance) (http_requests_total{$arms, code=~\"5..\"})";

    /// <summary>Counter of requests that timed out or were refused, as the caller sees them; null: nobody counts them.</summary>
    public string? Timeouts { get; init; }

    /// <summary>Counter of deaths; null: each new start time of a known instance is one.</summary>
    public string? Crashes { get; init; }

    /// <summary>Classic buckets (with <c>le</c>) or native histograms; where an instance has both, the native one counts.</summary>
    public string Latency { get; init; } =
        "sum by ($arm, instance, le) (http_request_duration_seconds_bucket{$arms}) "
        + "or sum by ($arm, instance) (http_request_duration_seconds{$arms})";

    /// <summary>Unix time at which an instance began to count.</summary>
    public string Started { get; init; } = "max by ($arm, instance) (process_start_time_seconds{$arms})";

    /// <summary>Unix time of an instance's newest sample.</summary>
    public string Sampled { get; init; } =
        "max by ($arm, instance) (timestamp(process_start_time_seconds{$arms}) or timestamp(http_requests_total{$arms}))";
}

/// <param name="LoadBalancer">Last part of the load balancer's ARN, e.g. <c>app/azora/50dc6c495c0c9188</c>.</param>
/// <param name="Blue">Last parts of the ARNs of the blue slot's target groups, e.g. <c>targetgroup/web-blue/943f017f100becff</c>.</param>
/// <param name="Dimensions">Further dimensions of every metric.</param>
/// <param name="Period">Length of a data point; an Application Load Balancer has one a minute.</param>
/// <param name="Delay">How long after its end a period may still change: it is read only then.</param>
public sealed record CloudWatchSettings(
    string LoadBalancer,
    ImmutableArray<string> Blue,
    ImmutableArray<string> Green,
    string Namespace,
    ImmutableSortedDictionary<string, string> Dimensions,
    string? Region,
    TimeSpan Period,
    TimeSpan Delay
);
