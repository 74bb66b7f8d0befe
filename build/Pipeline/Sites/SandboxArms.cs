using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Products;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline.Sites;

/// <summary>Puts together what a region of the sandbox serves with: its router, its instances, and what asks both.</summary>
/// <param name="engine">What was asked for on the command line; null takes the environment's.</param>
public sealed class SandboxArms(
    EnvironmentConfiguration environment,
    SubProject project,
    Workbench tools,
    string? engine
)
{
    /// <summary>Who may change which arm is which; one for the whole sandbox.</summary>
    public RepairTurns Turns { get; } = new();

    public bool IsDocker => engine is null ? environment.Engine == EngineKind.Docker : engine == "docker";

    /// <param name="bundles">The run folder that bundles are taken from; null when nothing is started.</param>
    public Serving Serve(SandboxRegion region, SandboxSettings settings, RunFolder? bundles, ServiceSecrets secrets)
    {
        var runtime = new HaproxyRuntime(Haproxy(region));
        var (router, local) = Open(region, settings, bundles, secrets);
        var workload = new WatchedWorkload(local, Turns);
        return new(
            region.Name,
            region.PublicUrl,
            new WatchedRouter(router, Turns),
            workload,
            new HealthProbe(workload, new HealthCheck(CheckConnections.Open(), tools.Time)),
            new InstanceCalls(CheckConnections.Open(), tools.Time),
            MetricsSources.Open(
                environment.Rollout.Metrics,
                new HaproxyMetrics(runtime, tools.Time),
                runtime.ReadStableAsync,
                workload,
                tools
            )
        );
    }

    /// <summary>The same without what watches: for who repairs.</summary>
    public (HaproxyRouter Router, LocalWorkload Workload) Open(
        SandboxRegion region,
        SandboxSettings settings,
        RunFolder? bundles,
        ServiceSecrets secrets
    )
    {
        var layout = Haproxy(region);
        var records = new ArmRecords(region.Root);
        var host = Instances(region, settings, bundles);
        var runtime = new HaproxyRuntime(layout);
        var file = new HaproxyConfigurationFile(layout);
        var registry = new HaproxyRegistry(
            layout,
            runtime,
            file,
            tools.Time,
            token =>
                tools.Runner.RunAsync(
                    Command
                        .Of(Path.Combine(settings.Scripts, "haproxy.sh"), "reload")
                        .With(SandboxRoot.Variable, region.Root),
                    cancellation: token
                )
        );
        var router = new HaproxyRouter(
            layout,
            runtime,
            file,
            registry,
            tools.Time,
            (slot, token) => LocalWorkload.SurvivorsAsync(records, host, slot, token)
        );
        var workload = new LocalWorkload(
            new(region.Root, environment.Services, environment.Health.Timeout, environment.Rollout.DrainTimeout),
            host,
            registry,
            records,
            secrets,
            new HealthCheck(CheckConnections.Open(), tools.Time).AskAsync,
            tools.Time
        );
        return (router, workload);
    }

    public IInstanceHost Instances(SandboxRegion region, SandboxSettings settings, RunFolder? bundles) =>
        IsDocker
            ? new DockerInstances(region.Root, SandboxRoot.UserAndGroup(), tools.Runner)
            : new ProcessInstances(
                new(
                    region.Root,
                    project.Images.ToImmutableSortedDictionary(
                        image => image.Service,
                        image => image.Start,
                        StringComparer.Ordinal
                    )
                ),
                new RunFolderBundles(bundles, settings.Releases),
                new DetachedStart(),
                new ProcessLives(),
                tools.Time
            );

    public HaproxySettings Haproxy(SandboxRegion region) =>
        new(region.HaproxyFolder, region.HttpPort, environment.Services, environment.Rollout.StickyBy)
        {
            Socket = region.Socket,
        };
}
