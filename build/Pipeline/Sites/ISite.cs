using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Secrets;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline.Sites;

/// <summary>
/// An environment's world as its engine gives it: where its tags live, how its infrastructure is made, what routes and
/// runs there. The stages see nothing else of it.
/// </summary>
public interface ISite
{
    /// <summary>The git remote that holds the environment's tags and ledger: a URL, a path, or a remote's name.</summary>
    string Remote { get; }

    /// <summary>Whether a deployment without a version makes the next one, and an unclean working tree only warns.</summary>
    bool IsSandbox { get; }

    /// <summary>Gives a configured build what it may know of the environment.</summary>
    Command Prepare(Command build);

    /// <summary>Makes what must be there before anything can be asked (folders, ports, a remote); safe to repeat.</summary>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>The Terraform layer with its state and variables.</summary>
    Task<TerraformLayer> LayerAsync(CancellationToken cancellation);

    /// <summary>Addresses whose real thing has died, though the state believes in it.</summary>
    Task<ImmutableArray<string>> DeadPartsAsync(CancellationToken cancellation);

    /// <summary>The connection URL, or null while there is no database (before the first deployment).</summary>
    Task<Secret?> DatabaseUrlAsync(CancellationToken cancellation);

    /// <summary>What to say when a version serves and its database is not there.</summary>
    PipelineException DatabaseIsGone(ProjectVersion serving);

    IBackupStore Backups { get; }

    /// <summary>How the services of a release travel here, and why not otherwise.</summary>
    Task<(ImageKind Kind, string Why)> ImageKindAsync(CancellationToken cancellation);

    /// <summary>Makes what image builds start from; nothing where it is pulled.</summary>
    Task PrepareImagesAsync(CancellationToken cancellation);

    /// <summary>Variables that the candidate's instances get beside their own, e.g. an injected fault.</summary>
    ImmutableSortedDictionary<string, string> CandidateSettings(Release release);

    /// <summary>
    /// The serving sides in the order of the waves, as the outputs of the infrastructure describe them; one, of no
    /// region, where the environment has none.
    /// </summary>
    /// <param name="bundles">The run folder that bundles are taken from; null when nothing is started.</param>
    /// <param name="region">Only this one: what the release says for its stages, what was asked for elsewhere; null for all.</param>
    /// <exception cref="PipelineException">There is no such region (exit 2).</exception>
    Task<ImmutableArray<Serving>> ServingAsync(
        RunFolder? bundles,
        InfrastructureOutputs? outputs,
        string? region,
        CancellationToken cancellation
    );

    /// <summary>
    /// The same for looking at them and for shifting traffic between what runs. It needs the routers and nothing else:
    /// no database, no secrets, no Terraform. Nothing can be started with it.
    /// </summary>
    /// <exception cref="PipelineException">There is nothing here yet, or no such region.</exception>
    Task<ImmutableArray<Serving>> LookAsync(string? region, CancellationToken cancellation);

    /// <summary>Whether there is anything of this environment to be seen from this machine.</summary>
    bool Exists { get; }

    /// <summary>Who holds the environment now; null when nobody does.</summary>
    ClaimHolder? Holder();

    /// <summary>Keeps every other deployment out until it is disposed or this process ends.</summary>
    /// <exception cref="PipelineException">Held by another: who, since when, what to type (exit 12).</exception>
    IDisposable Claim(string holder);

    /// <summary>
    /// Starts again what dies of the serving side until it is disposed; null where the platform does that by itself.
    /// </summary>
    IAsyncDisposable? Watch(Action<string> say) => null;

    /// <summary>Whether instances of this deployment died while they served, as far as this process has seen.</summary>
    bool HasDied(string deploymentId) => false;

    /// <summary>Makes both versions fail at once, as an outage of what they share does; null where that cannot be asked for.</summary>
    OutageFile? Outage => null;
}

/// <summary>What routes, runs and watches the two arms of one region.</summary>
/// <param name="Region">Null where the environment has no regions.</param>
public sealed record Serving(
    string? Region,
    Uri PublicUrl,
    ITrafficRouter Router,
    IWorkload Workload,
    IHealthProbe Probe,
    IMetricsSource Metrics
)
{
    /// <summary>What is said of it begins with its region, where there are several.</summary>
    public string Say(string text) => Region is null ? text : $"{Region}: {text}";
}
