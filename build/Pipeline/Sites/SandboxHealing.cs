using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Slipway.Rollouts;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline.Sites;

/// <summary>Starts again what died of a sandbox, as a cloud would.</summary>
public sealed class SandboxHealing(SandboxArms arms, Workbench tools)
{
    private readonly ConcurrentDictionary<string, bool> _died = new(StringComparer.Ordinal);

    /// <summary>Whether instances of this deployment died while they served, as far as this process has seen.</summary>
    public bool HasDied(string deploymentId) => _died.ContainsKey(deploymentId);

    /// <summary>Starts the load balancers and the database again where they do not run.</summary>
    /// <returns>What was started.</returns>
    public async Task<ImmutableArray<string>> HealPartsAsync(SandboxSettings settings, CancellationToken cancellation)
    {
        var healed = ImmutableArray.CreateBuilder<string>();
        foreach (var region in settings.Regions)
            if (!await SandboxParts.RouterServesAsync(region, cancellation))
            {
                await BringUpAsync("haproxy.sh", settings, region.Root, cancellation);
                healed.Add(region.Name is null ? "the load balancer" : $"the load balancer of {region.Name}");
            }
        if (!new SandboxParts(settings).DatabaseRuns())
        {
            await BringUpAsync("postgres.sh", settings, settings.Root, cancellation);
            healed.Add("the database");
        }
        return healed.ToImmutable();
    }

    /// <summary>Starts dead instances of the version that serves again, region by region.</summary>
    /// <param name="secrets">Asked for where something is to be started.</param>
    /// <returns>The version, and the region, where that was done.</returns>
    public async Task<ImmutableArray<string>> RepairServingAsync(
        SandboxSettings settings,
        Func<CancellationToken, Task<ServiceSecrets>> secrets,
        CancellationToken cancellation
    )
    {
        var repaired = ImmutableArray.CreateBuilder<string>();
        foreach (var region in settings.Regions)
        {
            // Looked at often, so without the secrets: those cost a call of Terraform.
            var (router, workload) = arms.Open(region, settings, null, ServiceSecrets.None);
            var serving = await workload.ReadAsync(Arm.Stable, cancellation);
            if (serving.InstancesAlive < serving.InstancesWanted)
                _died[serving.DeploymentId ?? ""] = true;
            else if (await IsWholeAsync(serving, router, cancellation))
                continue;
            var (_, equipped) = arms.Open(region, settings, null, await secrets(cancellation));
            if (await equipped.RepairStableAsync(cancellation) > 0)
                repaired.Add(region.Name is null ? $"{serving.Version}" : $"{serving.Version} in {region.Name}");
        }
        return repaired.ToImmutable();
    }

    /// <summary>An instance whose start was broken off, with the process that repaired it, lives and has no users.</summary>
    private static async Task<bool> IsWholeAsync(
        ArmState serving,
        HaproxyRouter router,
        CancellationToken cancellation
    ) =>
        serving.InstancesWanted == 0
        || (
            serving.HealthUrls.Count >= serving.InstancesWanted
            && (await router.ReadAsync(cancellation)).Services.All(service =>
                // One that the version that serves does not have comes with the next.
                service.StableUp || !serving.HealthUrls.ContainsKey(service.Service)
            )
        );

    private Task<CommandResult> BringUpAsync(
        string script,
        SandboxSettings settings,
        string root,
        CancellationToken cancellation
    ) =>
        tools.Runner.RunAsync(
            Command
                .Of(Path.Combine(settings.Scripts, script), "up")
                .With(SandboxRoot.Variable, root)
                .With("SLIPWAY_DATABASE_PORT", settings.DatabasePort.ToString(CultureInfo.InvariantCulture)),
            cancellation: cancellation
        );
}
