using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Backups;
using Slipway.Builds;
using Slipway.Checks;
using Slipway.Environments;
using Slipway.Faults;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Products;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Secrets;
using Slipway.Smoke;
using Slipway.Tools;
using Slipway.Validation;
using Slipway.Versions;

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
    private readonly Lazy<Task<EnvironmentSecrets?>> _secrets = new(() =>
        configured.Environment.SecretNames.IsEmpty
            ? Task.FromResult<EnvironmentSecrets?>(null)
            : OpenAsync(new EnvironmentVault(tools, host), configured.Environment, host.Cancellation())
    );

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

    /// <exception cref="Outcomes.PipelineException">The environment's engine cannot be driven from here.</exception>
    public ISite SiteOf(EnvironmentConfiguration environment) => sites.Open(environment);

    public SandboxSite Sandbox => sites.Sandbox(configured.Demand().Environment(request.Environment ?? "sandbox"));

    public SandboxCloud SandboxCloud => new(Sandbox, tools, line => Log.Verbose("{0}", line.Text));

    public ReleaseFinder Releases => new(this);

    public LedgerBook Ledger => new(this);

    public Reporting Reports => new(this);

    public Recovery Recovery => new(this);

    public DatabaseRestore DatabaseRestore => new(this);

    public MachineCheck Machine => new(tools);

    public Origin Origin => origin;

    public HostPorts Host => host;

    public TimeProvider Time => time;

    public CancellationToken Cancellation => host.Cancellation();

    /// <summary>How services run: as asked for, else as the environment says.</summary>
    public EngineKind Engine => request.Engine == "docker" ? EngineKind.Docker : Destination.Engine;

    /// <summary>
    /// The environment's secrets, decrypted in memory once per run; registered for redaction before they are handed out.
    /// Null where none are declared.
    /// </summary>
    public Task<EnvironmentSecrets?> SecretsAsync(CancellationToken cancellation) =>
        _secrets.Value.WaitAsync(cancellation);

    /// <summary>Folders of the Terraform layers that the environments name and that are there.</summary>
    public IEnumerable<string> Layers() =>
        configured
            .Demand()
            .Environments.Values.Select(environment => environment.Terraform?.Layer)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select(layer => tools.PathOf(Path.Combine("terraform", layer)))
            .Where(Path.Exists);

    /// <summary>What can be refused before anything is there.</summary>
    public void CheckRequest()
    {
        _ = SubProject;
        if (request.Version is { } version)
            _ = ProjectVersion.Parse(version);
        _ = Destination.Waves(request.Region);
        if (request.SandboxFault is not { } fault)
            return;
        if (!Site.IsSandbox)
            throw new PipelineException(ExitCode.Usage, $"{Destination.Name} takes no --sandbox-fault", "the sandbox");
        _ = SandboxFault.Parse(fault);
    }

    /// <summary>The failure of a run as its reports tell it.</summary>
    public StageFailure FailureOf(RunFolder run, Exception? thrown, bool cancelled)
    {
        var cause = thrown?.InnerException as PipelineException ?? thrown as PipelineException;
        var command = (cause as CommandFailedException ?? cause?.InnerException as CommandFailedException)?.Result;
        return new(
            Recovery.NextStageOf(run),
            cause?.Message ?? (cancelled ? "the run was cancelled" : thrown?.Message ?? "the run did not end"),
            time.GetUtcNow(),
            cause?.Expected,
            cause?.Next ?? $"./build.sh --target=Deploy --resume --deployment-id={run.DeploymentId}",
            command is null ? null : CommandText.Of(command.Command, tools.Redactor.Redact),
            command?.ExitCode,
            command is null ? null
                : command.Error.Length > 0 ? command.Error
                : command.Output
        );
    }

    /// <summary>Prints the product of a target as it stands.</summary>
    public void WriteResult(string text) => host.WriteResult(text);

    public void Say(string text) => Log.Information("{0}", text);

    private static async Task<EnvironmentSecrets?> OpenAsync(
        EnvironmentVault vault,
        EnvironmentConfiguration environment,
        CancellationToken cancellation
    ) => await vault.OpenAsync(environment, cancellation);

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
