using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Runs;

namespace Slipway.Records;

public sealed record RecordedBackup(
    [property: JsonPropertyName("backup_id")] string BackupId,
    [property: JsonPropertyName("location")] string Location,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp
);

/// <param name="Result"><c>promoted</c>, <c>rolledBack</c> or <c>held</c>.</param>
/// <param name="Version">Version that served there when the deployment had ended; null when nobody could say.</param>
public sealed record RecordedRegion(
    [property: JsonPropertyName("region")] string Region,
    [property: JsonPropertyName("result")] string Result,
    [property: JsonPropertyName("version")] string? Version
);

public sealed record RecordedStage(
    [property: JsonPropertyName("stage")] string Stage,
    [property: JsonPropertyName("traffic_percentage")] int TrafficPercentage,
    [property: JsonPropertyName("duration_minutes")] double DurationMinutes,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("region"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        string? Region = null
);

/// <summary>Output of Record: the fields and names of the production deployment guide (snake case), then our own.</summary>
public sealed record DeploymentRecord : StageOutput, IStageFile
{
    public static string FileName => "record.json";

    [JsonPropertyName("timestamp")]
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The guide's name for <see cref="StageOutput.DeploymentId"/>.</summary>
    [JsonPropertyName("deployment_id")]
    public string RecordedId => DeploymentId;

    [JsonPropertyName("version")]
    public required string Version { get; init; }

    [JsonPropertyName("environment")]
    public required string Environment { get; init; }

    [JsonPropertyName("region")]
    public string? Region { get; init; }

    /// <summary>What became of each region, in the order of the waves; null where the environment has none.</summary>
    [JsonPropertyName("regions")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<RecordedRegion>? Regions { get; init; }

    /// <summary><c>success</c>, <c>failed</c>, <c>rolled_back</c> or <c>cancelled</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("git_sha")]
    public required string GitSha { get; init; }

    [JsonPropertyName("git_ref")]
    public required string GitRef { get; init; }

    [JsonPropertyName("triggered_by")]
    public required string TriggeredBy { get; init; }

    [JsonPropertyName("services_deployed")]
    public required ImmutableArray<string> ServicesDeployed { get; init; }

    [JsonPropertyName("database_backup")]
    public RecordedBackup? DatabaseBackup { get; init; }

    [JsonPropertyName("migrations_applied")]
    public int MigrationsApplied { get; init; }

    [JsonPropertyName("rollout_stages")]
    public required ImmutableArray<RecordedStage> RolloutStages { get; init; }

    /// <summary>Service in snake case → <c>healthy</c>; <c>database</c>; <c>smoke_tests</c> → <c>passed</c>.</summary>
    [JsonPropertyName("health_checks")]
    public required ImmutableSortedDictionary<string, string> HealthChecks { get; init; }

    [JsonPropertyName("rollback_available")]
    public bool RollbackAvailable { get; init; }

    [JsonPropertyName("rollback_window_minutes")]
    public double RollbackWindowMinutes { get; init; }

    [JsonPropertyName("rollback_deadline")]
    public DateTimeOffset? RollbackDeadline { get; init; }

    [JsonPropertyName("previous_version")]
    public string? PreviousVersion { get; init; }

    [JsonPropertyName("force_reason")]
    public string? ForceReason { get; init; }

    /// <summary>For a rollback: the version that was taken back. <see cref="Version"/> is the one that serves after it.</summary>
    [JsonPropertyName("rollback_from")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RollbackFrom { get; init; }

    /// <summary>1, or higher for a deployment that was resumed after its failure had been recorded.</summary>
    [JsonPropertyName("attempt")]
    public int Attempt { get; init; } = 1;

    /// <summary>What failed and why, for a deployment that did not succeed.</summary>
    [JsonPropertyName("failure")]
    public string? Failure { get; init; }

    /// <summary>From the start of ValidateRelease to this record; the estimated waits of the queue come from it.</summary>
    [JsonPropertyName("duration_seconds")]
    public double DurationSeconds { get; init; }

    /// <summary>Digest of everything that was deployed: <c>apk</c>, <c>image:&lt;service&gt;</c>, <c>plan</c>, <c>backup</c>, <c>secrets</c>.</summary>
    [JsonPropertyName("digests")]
    public ImmutableSortedDictionary<string, string> Digests { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}
