using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Status;

/// <param name="Since">When it got all traffic; null when no record says so.</param>
/// <param name="InstancesAlive">Of those wanted, over all services.</param>
public sealed record ServingVersion(
    ProjectVersion Version,
    string? DeploymentId,
    DateTimeOffset? Since,
    int InstancesAlive,
    int InstancesWanted
);

/// <param name="Until">End of the rollback window; null when no record says so.</param>
public sealed record WarmVersion(
    ProjectVersion Version,
    DateTimeOffset? Until,
    int InstancesAlive,
    int InstancesWanted
);

/// <param name="Holder">Person and target.</param>
/// <param name="DeploymentId">Null before the run has one.</param>
/// <param name="Stage">The first stage that has not written its output; null before the run has a folder.</param>
/// <param name="Rollout">Null unless the rollout has begun.</param>
public sealed record RunningWork(
    string Holder,
    int ProcessId,
    DateTimeOffset Since,
    string? DeploymentId,
    string? Stage,
    RolloutState? Rollout
);

/// <param name="Status">As in the record: <c>success</c>, <c>failed</c>, <c>rolled_back</c>, <c>cancelled</c>.</param>
/// <param name="RollbackFrom">The version that this deployment took back; null for one that was no rollback.</param>
public sealed record PastDeployment(
    string DeploymentId,
    string Version,
    string Status,
    DateTimeOffset At,
    string By,
    double DurationSeconds,
    string? RollbackFrom
);

/// <summary>One region at one moment.</summary>
/// <param name="Unknown">Why nothing can be said; null when it can.</param>
public sealed record RegionStatus(
    string Region,
    ServingVersion? Serving,
    WarmVersion? Warm,
    double CandidateShare,
    string? Unknown = null
);

/// <param name="RollbackId">The rollback that it was part of; null for a restore by itself.</param>
public sealed record PastRestore(
    string BackupId,
    DateTimeOffset At,
    string By,
    string? Reason,
    string? ReplacedDatabase,
    string? RollbackId
);

/// <summary>One environment at one moment, put together from the router, the claim, the run folder and the ledger; stored nowhere.</summary>
public sealed record EnvironmentStatus(string Environment)
{
    /// <summary>Why nothing can be said; null when it can.</summary>
    public string? Unknown { get; init; }

    public ServingVersion? Serving { get; init; }

    public WarmVersion? Warm { get; init; }

    /// <summary>Percent of the traffic that is not the serving version's.</summary>
    public double CandidateShare { get; init; }

    /// <summary>In the order of the waves, in place of the three above; null where the environment has no regions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<RegionStatus>? Regions { get; init; }

    public RunningWork? Running { get; init; }

    /// <summary>Newest first.</summary>
    public ImmutableArray<PastDeployment> Last { get; init; } = [];

    /// <summary>Databases that were replaced by a backup, newest first.</summary>
    public ImmutableArray<PastRestore> Restores { get; init; } = [];

    /// <summary>What shows that the ledger was changed.</summary>
    public ImmutableArray<string> Findings { get; init; } = [];
}
