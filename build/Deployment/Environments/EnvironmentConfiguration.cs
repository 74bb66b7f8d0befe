using System.Collections.Immutable;

namespace Slipway.Environments;

/// <summary>Where an environment runs.</summary>
public enum EngineKind
{
    /// <summary>Local processes (sandbox).</summary>
    Process,

    /// <summary>Containers on this machine, or on a host over SSH.</summary>
    Docker,

    /// <summary>AWS: ECS behind a load balancer, brought up by Terraform.</summary>
    Terraform,
    Kubernetes,
}

/// <summary><c>environments/&lt;name&gt;/environment.json</c>, validated.</summary>
public sealed record EnvironmentConfiguration
{
    public required string Name { get; init; }

    public bool IsProduction { get; init; }

    public bool RequiresApproval { get; init; }

    /// <summary>Branch patterns that deploy here, e.g. <c>feature/*</c>.</summary>
    public ImmutableArray<string> Branches { get; init; } = [];

    /// <summary>Whether version tags deploy here.</summary>
    public bool VersionTags { get; init; }

    public EngineKind Engine { get; init; }

    /// <summary>Image registry, e.g. <c>127.0.0.1:5000</c>; null when the engine needs none.</summary>
    public string? Registry { get; init; }

    /// <summary>Base URL of the product as its users see it; null in the sandbox, where Terraform's outputs say it.</summary>
    public Uri? PublicUrl { get; init; }

    public TerraformSettings? Terraform { get; init; }

    public DatabaseSettings? Database { get; init; }

    public BackupSettings? Backup { get; init; }

    public ImmutableArray<ServiceSettings> Services { get; init; } = [];

    public RolloutSettings Rollout { get; init; } = new();

    public HealthSettings Health { get; init; } = new();

    public ImmutableArray<SmokeEndpoint> CriticalEndpoints { get; init; } = [];

    public ImmutableArray<FreezeWindow> FreezeWindows { get; init; } = [];

    public NotificationSettings Notifications { get; init; } = new();

    /// <summary>Names of the check runs and commit statuses that must be green at the commit.</summary>
    public ImmutableArray<string> RequiredChecks { get; init; } = [];

    /// <summary>Names that <c>secrets.enc</c> must hold, each non-empty.</summary>
    public ImmutableArray<string> SecretNames { get; init; } = [];

    /// <summary>age recipients that may decrypt <c>secrets.enc</c>; no other may stand in it.</summary>
    public ImmutableArray<string> SecretRecipients { get; init; } = [];

    /// <summary>How long after a deployment it can be taken back hot.</summary>
    public TimeSpan RollbackWindow { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Regions in the order of their waves.</summary>
    public ImmutableArray<RegionConfiguration> Regions { get; init; } = [];
}

/// <summary><c>environments/&lt;env&gt;/regions/&lt;name&gt;/region.json</c>, validated.</summary>
/// <param name="CloudMappings">Cloud → its name of the region, e.g. <c>aws</c> → <c>us-east-1</c>; at least one.</param>
/// <param name="Order">Wave order; lower first.</param>
public sealed record RegionConfiguration(
    string Name,
    ImmutableSortedDictionary<string, string> CloudMappings,
    int Order = 0,
    Uri? PublicUrl = null
);

/// <param name="Layer">Folder under <c>terraform/</c>.</param>
/// <param name="Backend"><c>local</c>, <c>s3</c>, <c>pg</c>, <c>http</c>.</param>
/// <param name="BackendConfig">Settings of the backend that are not secret.</param>
/// <param name="Protected">Address patterns (<c>*</c> allowed) that a plan may not destroy or replace.</param>
public sealed record TerraformSettings(
    string Layer,
    string? Workspace = null,
    string Backend = "local",
    ImmutableSortedDictionary<string, string>? BackendConfig = null,
    ImmutableArray<string> Protected = default,
    string? VariablesFile = null,
    TimeSpan? LockTimeout = null
);

/// <param name="UrlSecret">Name of the secret that holds the connection URL; null when Terraform's outputs say it.</param>
/// <param name="UrlOutput">Name of the (sensitive) Terraform output that holds the connection URL.</param>
public sealed record DatabaseSettings(
    string? UrlSecret = null,
    string? UrlOutput = null,
    TimeSpan? LockTimeout = null,
    TimeSpan? StatementTimeout = null
);

/// <param name="Store"><c>file:&lt;folder&gt;</c> (relative to the sandbox or repository root) or <c>s3://bucket/prefix</c>.</param>
public sealed record BackupSettings(string Store, int RetentionDays = 365, Uri? Endpoint = null, string? Region = null);

/// <param name="Name">e.g. <c>api_gateway</c>: the key in the record's <c>health_checks</c>.</param>
/// <param name="HealthPath">Path below the public URL, e.g. <c>/api/health</c>.</param>
/// <param name="Routes">Path prefixes that the router gives to this service, longest first.</param>
/// <param name="Instances">Instances per arm.</param>
public sealed record ServiceSettings(
    string Name,
    string HealthPath,
    ImmutableArray<string> Routes = default,
    int Instances = 1
);

/// <param name="Name"><c>canary</c>, <c>progressive</c>, <c>full</c>.</param>
/// <param name="RequiresApproval">Whether a person must say yes before the stage.</param>
public sealed record RolloutStage(string Name, int TrafficPercentage, TimeSpan Duration, bool RequiresApproval = false);

public sealed record RolloutSettings
{
    public ImmutableArray<RolloutStage> Stages { get; init; } =
    [
        new("canary", 5, TimeSpan.FromMinutes(5)),
        new("progressive", 50, TimeSpan.FromMinutes(10)),
        new("full", 100, TimeSpan.FromMinutes(15)),
    ];

    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that the candidate must have answered in a stage before the stage can pass.</summary>
    public int MinimumRequests { get; init; } = 100;

    /// <summary>Chance of aborting a good deployment, over all stages, metrics and looks together.</summary>
    public double FalseAbortProbability { get; init; } = 0.01;

    /// <summary>A typical latency that grew by less is nobody's concern; a fresh process is slower than a warm one.</summary>
    public TimeSpan LatencyFloor { get; init; } = TimeSpan.FromMilliseconds(0.25);

    /// <summary>
    /// How long a rollout that stands still (paused, held, inconclusive, waiting for a person) waits before it ends as
    /// held, with all traffic at the stable version.
    /// </summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Cookie or header that keeps a user at one arm; null without sticky sessions.</summary>
    public string? StickyBy { get; init; }

    /// <summary>Requests per second of synthetic traffic during a rollout; 0 where users bring the traffic.</summary>
    public int SyntheticRequestsPerSecond { get; init; }

    public MetricsSettings Metrics { get; init; } = new();
}

/// <param name="Timeout">How long a started instance may take to become healthy (HEALTH_CHECK_TIMEOUT).</param>
/// <param name="Retries">HEALTH_CHECK_RETRIES.</param>
/// <param name="Interval">HEALTH_CHECK_INTERVAL.</param>
public sealed record HealthSettings(TimeSpan Timeout, int Retries, TimeSpan Interval)
{
    public HealthSettings()
        : this(TimeSpan.FromSeconds(300), 5, TimeSpan.FromSeconds(10)) { }
}

public sealed record SmokeEndpoint(
    string Name,
    string Path,
    string Method = "GET",
    int ExpectedStatus = 200,
    string? BodyContains = null
);

/// <summary>A time in which nothing is deployed: between two instants, or weekly between two times of a day, UTC.</summary>
/// <param name="Days">Weekly: the days it starts on; empty for a window with instants.</param>
public sealed record FreezeWindow(
    string Name,
    DateTimeOffset? From,
    DateTimeOffset? To,
    ImmutableArray<DayOfWeek> Days,
    TimeOnly? DailyFrom,
    TimeOnly? DailyTo
);

/// <param name="SlackWebhookSecret">Name of the secret with the webhook's URL; null without Slack.</param>
public sealed record NotificationSettings(
    string? SlackWebhookSecret = null,
    ImmutableArray<string> Mail = default,
    string? OnCall = null
);
