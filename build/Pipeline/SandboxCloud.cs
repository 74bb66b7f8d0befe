using System.Collections.Immutable;
using Slipway.Pipeline.Sites;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Brings the sandbox's infrastructure up and down outside a deployment, through the same Terraform layer.</summary>
public sealed class SandboxCloud(SandboxSite site, Workbench tools, Action<OutputLine> onLine)
{
    /// <summary>What was brought up, or healed.</summary>
    public async Task<ImmutableArray<string>> UpAsync(CancellationToken cancellation)
    {
        await site.PrepareAsync(cancellation);
        var dead = await site.DeadPartsAsync(cancellation);
        var terraform = tools.Terraform(await site.LayerAsync(cancellation));
        await terraform.InitAsync(onLine, cancellation);
        var plan = Path.Combine(site.Location, "terraform", "up.tfplan");
        var changed = await terraform.PlanAsync(new PlanRequest(plan) { Replace = dead }, onLine, cancellation);
        if (changed)
            await terraform.ApplyAsync(plan, onLine, cancellation);
        var outputs = await terraform.OutputsAsync(cancellation);
        var healed = await site.RepairServingAsync(cancellation);
        return
        [
            $"{(changed ? "brought up" : "is up")}: {site.Location}",
            .. dead.Select(part => $"was down and is up again: {part}"),
            .. healed.Select(version => $"instances had died and run again: {version}"),
            .. outputs.Plain.Select(output => $"{output.Key} = {output.Value}"),
        ];
    }

    /// <summary>Ends instances, load balancer and database, and removes the folder. Nothing of it is left.</summary>
    public async Task<ImmutableArray<string>> DownAsync(CancellationToken cancellation)
    {
        if (!site.Exists)
            return [$"nothing to take down: {site.Location} is not there"];
        await site.StopInstancesAsync(cancellation);
        var layer = await site.LayerAsync(cancellation);
        if (site.HasState)
        {
            var terraform = tools.Terraform(layer);
            await terraform.InitAsync(onLine, cancellation);
            await terraform.DestroyAsync(onLine, cancellation);
        }
        await site.RemoveAsync(cancellation);
        return [$"taken down and removed: {site.Location}"];
    }
}
