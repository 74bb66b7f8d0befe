using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Backups;
using Slipway.Builds;
using Slipway.Checks;
using Slipway.Environments;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Pipeline.Sites;
using Slipway.Products;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Smoke;
using Slipway.Tools;
using Slipway.Validation;

namespace Slipway.Pipeline;

/// <summary>What a task sees: the request, what it is about, where it is kept, and the tools. Nothing can be put into it.</summary>
public sealed class DeploymentContext(
    ICakeContext cake,
    Request request,
    Runs runs,
    Configured configured,
    Workbench tools,
    SiteFactory sites,
    HostPorts host,
    Origin origin,
    TimeProvider time
) : FrostingContext(cake)
{
    private readonly Lazy<ISite> _site = new(() => sites.Open(configured.Environment));

    public Request Request => request;

    public Runs Runs => runs;

    /// <exception cref="Outcomes.PipelineException">The configuration has errors: all of them are in the message.</exception>
    public EnvironmentConfiguration Destination => configured.Environment;

    public ProductConfiguration Product => configured.Product;

    public SubProject SubProject => configured.SubProject;

    public Configured Configured => configured;

    public Workbench Workbench => tools;

    /// <summary>The environment's world.</summary>
    public ISite Site => _site.Value;

    public SandboxSite Sandbox => sites.Sandbox(configured.Demand().Environment(request.Environment ?? "sandbox"));

    public SandboxCloud SandboxCloud => new(Sandbox, tools, line => Log.Verbose("{0}", line.Text));

    public ReleaseFinder Releases => new(this);

    public LedgerBook Ledger => new(this);

    public Recovery Recovery => new(this);

    public MachineCheck Machine => new(tools);

    public Origin Origin => origin;

    public HostPorts Host => host;

    public TimeProvider Time => time;

    public CancellationToken Cancellation => host.Cancellation();

    /// <summary>Prints the product of a target as it stands.</summary>
    public void WriteResult(string text) => host.WriteResult(text);

    public void Say(string text) => Log.Information("{0}", text);

    /// <summary>Everything that the stages of a run have written so far.</summary>
    public RunOutputs OutputsOf(RunFolder run) =>
        new(run.Read<Release>(), Destination)
        {
            Checks = run.TryRead<ChecksResult>(),
            Apk = run.TryRead<ApkArtifact>(),
            Images = run.TryRead<ImageSet>(),
            Backup = run.TryRead<BackupResult>(),
            Plan = run.TryRead<InfrastructurePlan>(),
            Infrastructure = run.TryRead<InfrastructureOutputs>(),
            Migration = run.TryRead<MigrationResult>(),
            Rollout = run.TryRead<RolloutResult>(),
            Smoke = run.TryRead<SmokeResult>(),
            Validation = run.TryRead<ValidationResult>(),
            Record = run.TryRead<DeploymentRecord>(),
        };
}
