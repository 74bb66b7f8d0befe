using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Environments;
using Slipway.Faults;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Routing;
using Slipway.Secrets;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline.Sites;

/// <summary>The stand-in for a cloud on this machine: PostgreSQL, HAProxy, a bare remote, instances as processes or containers.</summary>
public sealed class SandboxSite(
    EnvironmentConfiguration environment,
    SandboxArms arms,
    Workbench tools,
    EnvironmentVault vault,
    string user,
    string? overriddenRoot
) : ISite
{
    private readonly SandboxHealing _healing = new(arms, tools);
    private Secret? _databaseUrl;
    private readonly Lazy<SandboxRoot> _root = new(() => SandboxRoot.Open(tools.Root, user, overriddenRoot));

    private SandboxSettingsFile SettingsFile => new(_root.Value, tools.PathOf("sandbox/cloud"));

    public string Remote => Path.Combine(_root.Value.Location, "remote.git");

    public string Location => SandboxRoot.PathFor(tools.Root, user, overriddenRoot);

    public bool IsSandbox => true;

    public ImmutableArray<string?> Waves => environment.Waves();

    public Command Prepare(Command build) => build.With(SandboxRoot.Variable, _root.Value.Location);

    /// <summary>A folder of the sandbox, or a bucket of a server that speaks S3.</summary>
    public IBackupStore OpenBackups(EnvironmentSecrets? secrets) =>
        BackupStores.Open(
            environment.Backup ?? new BackupSettings("file:backups"),
            _root.Value.Location,
            name => secrets?.Values.GetValueOrDefault(name)
        );

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (HasState && await SettingsFile.ReadAsync(cancellation) is { } before)
            DemandLayout(before, isGrown: true);
        var settings = await SettingsFile.EnsureAsync(environment.Waves(), cancellation);
        SandboxFolder.MakePrivate(settings.TerraformState);
        await Git.InitBareAsync(tools.Runner, settings.Remote, cancellation);
        foreach (var region in settings.Regions)
            await new HaproxyConfigurationFile(arms.Haproxy(region)).EnsureAsync(cancellation);
    }

    /// <summary>
    /// What runs belongs to the regions it was started for: one that the environment does not have any more would be
    /// left alone with its users.
    /// </summary>
    /// <param name="isGrown">Whether a region more than was brought up is fine.</param>
    private void DemandLayout(SandboxSettings settings, bool isGrown)
    {
        string[] wanted = [.. environment.Waves().Select(wave => wave ?? SandboxSettings.NoRegion)];
        string[] there = [.. settings.HttpPorts.Keys];
        if (there.All(wanted.Contains) && (isGrown ? there.Length > 0 : wanted.All(there.Contains)))
            return;
        throw new PipelineException(
            $"this sandbox was brought up {Named(there)}, and environments/{environment.Name}/ is {Named(wanted)} now",
            "a sandbox of the regions that the environment has",
            "./build.sh --target=SandboxDown (its data goes with it), then this again"
        );

        static string Named(string[] regions) =>
            regions is [SandboxSettings.NoRegion] ? "without regions" : $"with {string.Join(", ", regions)}";
    }

    public async Task<TerraformLayer> LayerAsync(CancellationToken cancellation)
    {
        // What was brought up counts, whatever the environment has by now: SandboxDown takes that down. Ports are looked
        // after before a run; in the middle of one, users are at them, whatever is dead at this moment.
        var settings =
            await SettingsFile.KeepAsync(cancellation)
            ?? await SettingsFile.EnsureAsync(environment.Waves(), cancellation);
        return new TerraformLayer(
            tools.PathOf(Path.Combine("terraform", environment.Terraform!.Layer)),
            Path.Combine(settings.TerraformState, "data")
        )
        {
            BackendConfig = ImmutableSortedDictionary<string, string>.Empty.Add(
                "path",
                Path.Combine(settings.TerraformState, "terraform.tfstate")
            ),
            VariablesFile = settings.VariablesFile,
            LockTimeout = environment.Terraform.LockTimeout ?? TimeSpan.FromSeconds(30),
        };
    }

    public async Task<ImmutableArray<string>> DeadPartsAsync(CancellationToken cancellation) =>
        await SettingsFile.ReadAsync(cancellation) is { } settings
            ? await new SandboxParts(settings).ReadDeadAsync(cancellation)
            : [];

    public async Task<Secret?> DatabaseUrlAsync(CancellationToken cancellation)
    {
        if (
            environment.Database is not { UrlOutput: { } name }
            || await SettingsFile.ReadAsync(cancellation) is not { } settings
        )
            return null;
        if (!Path.Exists(Path.Combine(settings.TerraformState, "terraform.tfstate")))
            return null;
        var terraform = tools.Terraform(await LayerAsync(cancellation));
        await terraform.InitAsync(null, cancellation);
        return _databaseUrl = (await terraform.OutputsAsync(cancellation)).Sensitive.GetValueOrDefault(name);
    }

    public async Task<(ImageKind Kind, string Why)> ImageKindAsync(CancellationToken cancellation)
    {
        if (!arms.IsDocker)
            return (
                ImageKind.Bundle,
                "services run as local processes: each is bundled once, by digest (--engine=docker builds images)"
            );
        if (await new Docker(tools.Runner, new DockerEngine()).ServerVersionAsync(cancellation) is null)
            throw new PipelineException(
                ExitCode.Usage,
                "--engine=docker was asked for, and no Docker engine answers",
                "a running engine (docker version shows Server)",
                "start it, or leave --engine out: services then run as processes"
            );
        return (ImageKind.Docker, "images are built and pushed to the registry");
    }

    /// <summary>No image can be pulled on a closed network: the base is made of the machine's own node.</summary>
    public Task PrepareImagesAsync(CancellationToken cancellation) =>
        tools.Runner.RunAsync(
            Command
                .Of(tools.PathOf("sandbox/cloud/base-image.sh"), "up")
                .With(SandboxRoot.Variable, _root.Value.Location),
            cancellation: cancellation
        );

    public ImmutableSortedDictionary<string, string> CandidateSettings(Release release, string? region) =>
        release.SandboxFault is { } text
        && SandboxFault.Parse(text) is { Bearer: FaultBearer.Candidate } fault
        && fault.Hits(region)
            ? ImmutableSortedDictionary<string, string>.Empty.Add("SLIPWAY_FAULT", fault.Text)
            : ImmutableSortedDictionary<string, string>.Empty;

    public async Task<ImmutableArray<Serving>> ServingAsync(
        RunFolder? bundles,
        InfrastructureOutputs? outputs,
        string? region,
        CancellationToken cancellation
    ) => await ServingAsync(bundles, await SecretsAsync(cancellation), region, cancellation);

    public Task<ImmutableArray<Serving>> LookAsync(string? region, CancellationToken cancellation) =>
        Exists
            ? ServingAsync(null, ServiceSecrets.None, region, cancellation)
            : throw new PipelineException(
                $"there is no {environment.Name} on this machine yet",
                next: $"./build.sh --target=Deploy --environment={environment.Name}"
            );

    private async Task<ImmutableArray<Serving>> ServingAsync(
        RunFolder? bundles,
        ServiceSecrets secrets,
        string? region,
        CancellationToken cancellation
    )
    {
        var waves = environment.Waves(region);
        var settings =
            await SettingsFile.ReadAsync(cancellation)
            ?? throw new PipelineException("the sandbox is down", next: "./build.sh --target=SandboxUp");
        DemandLayout(settings, isGrown: false);
        return [.. waves.Select(wave => arms.Serve(settings.In(wave), settings, bundles, secrets))];
    }

    /// <summary>Whether there is anything of this sandbox on the machine.</summary>
    public bool Exists => Path.Exists(Location);

    public bool HasState => Path.Exists(Path.Combine(Location, "terraform", "terraform.tfstate"));

    public IAsyncDisposable? Watch(Action<string> say)
    {
        // An outage that a killed run left behind ends here.
        foreach (var region in environment.Waves())
            OutageIn(region).End();
        return new SandboxWatch(this, arms.Turns, say, tools.Time);
    }

    public bool HasDied(string deploymentId) => _healing.HasDied(deploymentId);

    public OutageFile OutageIn(string? region) =>
        new(
            Path.Combine(
                region is null ? _root.Value.Location : Path.Combine(_root.Value.Location, "regions", region),
                "outage"
            )
        );

    /// <summary>What was started again of the load balancers and the database; nothing where nothing was ever brought up.</summary>
    internal async Task<ImmutableArray<string>> HealPartsAsync(CancellationToken cancellation) =>
        await SettingsFile.ReadAsync(cancellation) is { } settings
            ? await _healing.HealPartsAsync(settings, cancellation)
            : [];

    /// <summary>The version that serves, region by region, where some of its instances died and were started again.</summary>
    internal async Task<ImmutableArray<string>> RepairServingAsync(CancellationToken cancellation) =>
        await SettingsFile.ReadAsync(cancellation) is { } settings
            ? await _healing.RepairServingAsync(
                settings,
                // Terraform is not asked again: users wait, and a stage may be asking it just now, in the same folder.
                async token =>
                    await SecretsAsync(_databaseUrl ?? await DatabaseUrlAsync(token), token),
                cancellation
            )
            : [];

    /// <summary>Ends every instance of both slots, recorded or not.</summary>
    public async Task StopInstancesAsync(CancellationToken cancellation)
    {
        if (await SettingsFile.ReadAsync(cancellation) is not { } settings)
            return;
        foreach (var region in settings.Regions)
        {
            var host = arms.Instances(region, settings, null);
            foreach (var slot in Slots.All)
            foreach (var id in await host.FindAsync(slot, cancellation))
                await host.StopAsync(id, TimeSpan.FromSeconds(5), cancellation);
        }
    }

    public Task RemoveAsync(CancellationToken cancellation) => SandboxFolder.RemoveAsync(_root.Value, cancellation);

    public PipelineException DatabaseIsGone(ProjectVersion serving) =>
        new(
            $"{serving} serves, but its database is gone: there is nothing to back up, and a deployment would begin with an empty one",
            $"the database of {Location}",
            "./build.sh --target=SandboxUp heals it; ./build.sh --target=SandboxDown begins anew"
        );

    public IDisposable Claim(string holder) =>
        EnvironmentClaim.Take(ClaimFile(_root.Value.Location), environment.Name, holder, tools.Time);

    public ClaimHolder? Holder() => EnvironmentClaim.HolderOf(ClaimFile(Location));

    private static string ClaimFile(string root) => Path.Combine(root, "claim");

    private async Task<ServiceSecrets> SecretsAsync(CancellationToken cancellation) =>
        await SecretsAsync(await DatabaseUrlAsync(cancellation), cancellation);

    private async Task<ServiceSecrets> SecretsAsync(Secret? databaseUrl, CancellationToken cancellation) =>
        new(
            databaseUrl is null
                ? ImmutableSortedDictionary<string, Secret>.Empty
                : ImmutableSortedDictionary<string, Secret>.Empty.Add("DATABASE_URL", databaseUrl),
            environment.Services.All(service => service.Secrets.IsDefaultOrEmpty)
                ? ServiceSecrets.None.Declared
                : (await vault.OpenAsync(environment, cancellation)).Values
        );
}
