using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>
/// Who is where at a running HAProxy: takes instances in and out, and lets HAProxy read a layout that has a place for them.
/// How much traffic they get is <see cref="HaproxyRouter"/>'s.
/// </summary>
/// <param name="reload">
/// Lets HAProxy read its file again without losing a request, for a version with a service or an instance more; without it
/// such a version is refused.
/// </param>
public sealed class HaproxyRegistry(
    HaproxySettings settings,
    HaproxyRuntime runtime,
    HaproxyConfigurationFile file,
    TimeProvider time,
    Func<CancellationToken, Task>? reload = null
) : IInstanceRegistry
{
    private static readonly TimeSpan UpWithin = TimeSpan.FromSeconds(5);

    private readonly HaproxyServers _servers = new(runtime, time);

    public Task<Slot> ReadStableSlotAsync(CancellationToken cancellation) => runtime.ReadStableAsync(cancellation);

    public async Task<ImmutableArray<InstanceAddress>> ReadRegisteredAsync(Slot slot, CancellationToken cancellation) =>
        HaproxyServers.Registered(slot, await runtime.ReadServersAsync(cancellation));

    public async Task RegisterAsync(
        Slot slot,
        ImmutableArray<InstanceAddress> instances,
        CancellationToken cancellation
    )
    {
        var stable = await runtime.ReadStableAsync(cancellation);
        if (slot != stable)
            await RefuseTrafficAsync(slot, cancellation);
        var servers = await WithLayoutAsync(slot, stable, cancellation);
        foreach (var instance in instances.Where(instance => Find(servers, slot, instance) is null))
        {
            throw new PipelineException(
                $"the router has no place for {instance.Service} {instance.Index}",
                $"a service and an instance number of {settings.ConfigurationFile}",
                HaproxyServers.Retry
            );
        }
        await runtime.ApplyAsync([.. servers.Where(IsFree).SelectMany(Free)], cancellation);
        await runtime.ApplyAsync(
            [.. instances.SelectMany(instance => Place(instance, Find(servers, slot, instance)!, Weight(instance)))],
            cancellation
        );
        await _servers.WaitAsync(
            now =>
                instances.All(instance => Find(now, slot, instance) is { IsUp: true } up && up.Port == instance.Port),
            UpWithin,
            _ => $"the router does not see every instance of {slot.Name()} answering",
            cancellation
        );
        if (slot == stable)
            await file.WriteAsync(
                HaproxyServers.Assignment(stable, await runtime.ReadServersAsync(cancellation)),
                cancellation
            );

        // A candidate begins with no traffic; an instance of the stable version that was started again gets what the
        // candidate leaves it.
        int Weight(InstanceAddress instance) =>
            slot != stable
                ? 0
                : ShareWeights.Of(0).Stable
                    - servers
                        .Where(server =>
                            server.Slot != slot && server.Service == instance.Service && server.IsRegistered
                        )
                        .Select(server => server.Weight)
                        .DefaultIfEmpty(0)
                        .Max();

        bool IsFree(HaproxyServer server) =>
            server.Slot == slot
            && server.IsRegistered
            && !instances.Any(instance => instance.Service == server.Service && instance.Index == server.Index);
    }

    public async Task<int> DrainAsync(Slot slot, CancellationToken cancellation)
    {
        await RefuseTrafficAsync(slot, cancellation);
        var servers = (await runtime.ReadServersAsync(cancellation)).Where(server => server.Slot == slot).ToList();
        var open = servers.Where(server =>
            server.IsRegistered && !server.Status.StartsWith("DRAIN", StringComparison.Ordinal)
        );
        await runtime.ApplyAsync(
            [.. open.Select(server => HaproxyCommands.SetState(server.Service, server.Name, ServerState.Drain))],
            cancellation
        );
        return (int)servers.Sum(server => server.Current);
    }

    public async Task UnregisterAsync(Slot slot, CancellationToken cancellation)
    {
        await RefuseTrafficAsync(slot, cancellation);
        var servers = await runtime.ReadServersAsync(cancellation);
        await runtime.ApplyAsync(
            [.. servers.Where(server => server.Slot == slot && server.IsRegistered).SelectMany(Free)],
            cancellation
        );
        // Ports of ended instances must not come back with a restart: another program may have them by then.
        var stable = await runtime.ReadStableAsync(cancellation);
        await file.WriteAsync(
            HaproxyServers.Assignment(stable, await runtime.ReadServersAsync(cancellation)),
            cancellation
        );
    }

    /// <summary>
    /// The servers, once HAProxy has the layout that the candidate needs. What serves keeps its place and its paths: the
    /// file lays out both (<see cref="SlotAssignment.For"/>).
    /// </summary>
    private async Task<ImmutableArray<HaproxyServer>> WithLayoutAsync(
        Slot slot,
        Slot stable,
        CancellationToken cancellation
    )
    {
        var servers = await runtime.ReadServersAsync(cancellation);
        // Reading anew forgets the weights: for a candidate only, which has none yet.
        if (reload is null || slot == stable)
            return servers;
        await file.WriteAsync(HaproxyServers.Assignment(stable, servers), cancellation);
        if (await runtime.ReadLayoutAsync(cancellation) == await file.ReadLayoutAsync(cancellation))
            return servers;
        await RefuseMovedPathsAsync(cancellation);
        await reload(cancellation);
        return await runtime.ReadServersAsync(cancellation);
    }

    /// <summary>A path has one service at a time: with one that moves, who serves or who comes would lose its users.</summary>
    private async Task RefuseMovedPathsAsync(CancellationToken cancellation)
    {
        if (await file.ReadAsync(cancellation) is not { } written)
            return;
        var kept = RouteTable.Of(written.KeptBeside(settings.Services)).Routes;
        foreach (var route in RouteTable.Of(settings.Services).Routes)
            if (kept.FirstOrDefault(route.HasPathOf) is { } served)
                throw new PipelineException(
                    ExitCode.Usage,
                    $"services: {route.Path} is {served.Service}'s, which serves and is not configured any more, and would be {route.Service}'s",
                    $"a release that has both, {route.Service} with a path of its own, and a later one without {served.Service}",
                    $"give {route.Service} another path in environment.json, or keep the name {served.Service}"
                );
    }

    private async Task RefuseTrafficAsync(Slot slot, CancellationToken cancellation)
    {
        var stable = await runtime.ReadStableAsync(cancellation);
        var servers = await runtime.ReadServersAsync(cancellation);
        if (slot == stable || servers.Any(server => server.Slot == slot && server.IsRegistered && server.Weight > 0))
        {
            throw new PipelineException(
                $"the {slot.Name()} slot has traffic at the router and is left alone",
                "weight 0 before instances are replaced or stopped",
                "./build.sh --target=Abort"
            );
        }
    }

    private static HaproxyServer? Find(ImmutableArray<HaproxyServer> servers, Slot slot, InstanceAddress instance) =>
        servers.FirstOrDefault(server =>
            server.Slot == slot && server.Service == instance.Service && server.Index == instance.Index
        );

    private static IEnumerable<string> Free(HaproxyServer server) =>
        [
            HaproxyCommands.SetState(server.Service, server.Name, ServerState.Maint),
            HaproxyCommands.SetWeight(server.Service, server.Name, 0),
            HaproxyCommands.SetAddress(server.Service, server.Name, 1),
        ];

    /// <summary>Through maintenance, because HAProxy believes a server that leaves it to be up and checks it anew.</summary>
    private static IEnumerable<string> Place(InstanceAddress instance, HaproxyServer server, int weight) =>
        [
            HaproxyCommands.SetState(server.Service, server.Name, ServerState.Maint),
            HaproxyCommands.SetAddress(server.Service, server.Name, instance.Port),
            HaproxyCommands.SetWeight(server.Service, server.Name, weight),
            HaproxyCommands.SetState(server.Service, server.Name, ServerState.Ready),
        ];
}
