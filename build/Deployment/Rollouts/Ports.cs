using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Canary;
using Slipway.Versions;

namespace Slipway.Rollouts;

/// <summary>The two versions that can serve at the same time.</summary>
public enum Arm
{
    Stable,
    Candidate,
}

/// <param name="CandidateShare">Percent of new requests that the router gives the candidate by its own weights, 0 to 100.</param>
/// <param name="StableSessions">Requests and connections under way at the stable arm.</param>
/// <param name="HasStable">
/// Whether the stable arm has the service at all; one that comes with the candidate is the candidate's alone.
/// </param>
public sealed record ServiceTraffic(
    string Service,
    double CandidateShare,
    int StableSessions,
    int CandidateSessions,
    bool StableUp,
    bool CandidateUp,
    bool HasStable = true
)
{
    /// <summary>A service that users had, and of which no stable instance answers.</summary>
    public bool IsStableDown => HasStable && !StableUp;
}

/// <summary>What the router does now, as the router itself says: the only truth about weights.</summary>
public sealed record RouterState(ImmutableArray<ServiceTraffic> Services)
{
    /// <summary>
    /// Services whose traffic is split: those that the stable arm has, too. Where nothing is stable yet, all.
    /// </summary>
    public ImmutableArray<ServiceTraffic> Split =>
        Services.Any(service => service.HasStable) ? [.. Services.Where(service => service.HasStable)] : Services;

    /// <summary>The largest share that the candidate has of any of these, percent.</summary>
    public double CandidateShare => Services.IsDefaultOrEmpty ? 0 : Split.Max(service => service.CandidateShare);
}

/// <summary>Splits traffic between the arms of every service together: HAProxy, a load balancer's weights, a mesh.</summary>
public interface ITrafficRouter
{
    Task<RouterState> ReadAsync(CancellationToken cancellation);

    /// <summary>Gives the candidate this percentage of new requests of every service; returns once the router confirms it.</summary>
    Task SetCandidateShareAsync(int percent, CancellationToken cancellation);

    /// <summary>
    /// Makes the candidate the stable arm (all traffic, also after a restart of the router); what was stable becomes
    /// the other arm at weight 0, registered and warm. Calling it again with the share at 0 undoes it: a hot rollback.
    /// </summary>
    Task SwapAsync(CancellationToken cancellation);
}

/// <summary>What runs in one arm.</summary>
/// <param name="Version">Null when the arm is empty.</param>
/// <param name="InstancesWanted">How many instances belong to the arm, over all services.</param>
public sealed record ArmState(
    ProjectVersion? Version,
    string? DeploymentId,
    int InstancesWanted,
    int InstancesAlive,
    ImmutableSortedDictionary<string, Uri> HealthUrls
);

/// <param name="Settings">Environment variables for every instance that are not secret, e.g. an injected fault.</param>
public sealed record CandidateStart(
    ProjectVersion Version,
    string DeploymentId,
    ImmutableArray<ServiceImage> Images,
    ImmutableSortedDictionary<string, string> Settings
);

/// <summary>Runs the instances of both arms: local processes, containers, ECS services, Kubernetes deployments.</summary>
public interface IWorkload
{
    /// <summary>What really runs (it asks the machine, it does not trust a file alone).</summary>
    Task<ArmState> ReadAsync(Arm arm, CancellationToken cancellation);

    /// <summary>
    /// Starts the candidate in the free arm, waits until every instance answers its health URL with the expected
    /// version, and registers it at the router with weight 0. Replaces what is left of an earlier candidate.
    /// </summary>
    Task StartCandidateAsync(CandidateStart start, CancellationToken cancellation);

    /// <summary>Stops the instances of the candidate arm (the one without traffic) once they are drained, and frees it.</summary>
    Task StopCandidateAsync(TimeSpan drainTimeout, CancellationToken cancellation);

    /// <summary>
    /// Starts again what died of the stable version, and registers it. Returns how many instances that were; 0 where all
    /// is well, or where somebody else does that (a container platform).
    /// </summary>
    Task<int> RepairStableAsync(CancellationToken cancellation) => Task.FromResult(0);
}

/// <param name="StatusCode">Null when nothing answered.</param>
/// <param name="Version">What the answer's <c>version</c> says; null when it says none.</param>
public sealed record HealthReading(
    string Service,
    bool Healthy,
    int? StatusCode,
    string? Version,
    double Milliseconds,
    string Detail
);

/// <summary>Asks <c>/health</c> of every service of an arm directly, past the router.</summary>
public interface IHealthProbe
{
    Task<ImmutableArray<HealthReading>> ProbeAsync(Arm arm, CancellationToken cancellation);
}

/// <summary>Growing counters of both arms; a reset shows as another <see cref="MetricsReading.Epoch"/> or a smaller count.</summary>
public interface IMetricsSource
{
    /// <summary>Null (or a null arm) when the source does not answer: the tick is dropped, never judged.</summary>
    Task<MetricsReading?> ReadAsync(CancellationToken cancellation);

    /// <summary>Why the last reading (or an arm of it) was null, for people; null when nothing is wrong or nobody knows.</summary>
    string? Problem => null;
}

/// <summary>What the outside world calls the two arms now, e.g. <c>blue</c> and <c>green</c>, or two versions' numbers.</summary>
public sealed record ArmNames(string Stable, string Candidate)
{
    /// <summary>Null when the arms' names do not tell them apart.</summary>
    public Arm? Of(string name) =>
        Stable == Candidate ? null
        : name == Stable ? Arm.Stable
        : name == Candidate ? Arm.Candidate
        : null;
}
