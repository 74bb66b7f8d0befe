using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>
/// Splits traffic by the weights of a running HAProxy. HAProxy's memory is the truth; the configuration file is brought
/// in line with it, so that a restart gives everything to the stable version.
/// </summary>
/// <param name="survivors">
/// The instances of a slot that still run, for a HAProxy that was started again and has forgotten the candidate; without
/// it a forgotten candidate gets no traffic.
/// </param>
/// <param name="reload">
/// Lets HAProxy read its file again without losing a request, for a version with a service or an instance more; without it
/// such a version is refused.
/// </param>
public sealed class HaproxyRouter(
    HaproxySettings settings,
    HaproxyRuntime runtime,
    HaproxyConfigurationFile file,
    TimeProvider time,
    Func<Slot, CancellationToken, Task<ImmutableArray<InstanceAddress>>>? survivors = null,
    Func<CancellationToken, Task>? reload = null
) : ITrafficRouter, IInstanceRegistry
{
    private static readonly TimeSpan ConfirmWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UpWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public async Task<RouterState> ReadAsync(CancellationToken cancellation)
    {
        var stable = await runtime.ReadStableAsync(cancellation);
        var servers = await runtime.ReadServersAsync(cancellation);
        return new([.. settings.Services.Select(service => Traffic(service.Name, stable, servers))]);
    }

    public async Task SetCandidateShareAsync(int percent, CancellationToken cancellation)
    {
        var weights = ShareWeights.Of(percent);
        var stable = await runtime.ReadStableAsync(cancellation);
        var servers = await runtime.ReadServersAsync(cancellation);
        if (percent > 0)
            servers = await WithCandidateAsync(stable.Other(), servers, cancellation);
        await ShiftAsync(stable, weights, servers, [], cancellation);
        await AlignFileAsync(stable, cancellation);
    }

    public async Task SwapAsync(CancellationToken cancellation)
    {
        var before = await runtime.ReadStableAsync(cancellation);
        var after = before.Other();
        var servers = await WithCandidateAsync(after, await runtime.ReadServersAsync(cancellation), cancellation);
        await ShiftAsync(after, ShareWeights.Of(0), servers, [HaproxyCommands.SetStable(after)], cancellation);
        var confirmed = await runtime.ReadStableAsync(cancellation);
        if (confirmed != after)
            throw new PipelineException($"the router still calls {before.Name()} the stable slot", next: Retry);
        await file.WriteAsync(Assignment(after, await runtime.ReadServersAsync(cancellation)), cancellation);
    }

    public Task<Slot> ReadStableSlotAsync(CancellationToken cancellation) => runtime.ReadStableAsync(cancellation);

    public async Task<ImmutableArray<InstanceAddress>> ReadRegisteredAsync(Slot slot, CancellationToken cancellation) =>
        Registered(slot, await runtime.ReadServersAsync(cancellation));

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
                Retry
            );
        }
        await runtime.ApplyAsync([.. servers.Where(IsFree).SelectMany(Free)], cancellation);
        await runtime.ApplyAsync(
            [.. instances.SelectMany(instance => Place(instance, Find(servers, slot, instance)!, Weight(instance)))],
            cancellation
        );
        await WaitAsync(
            now =>
                instances.All(instance => Find(now, slot, instance) is { IsUp: true } up && up.Port == instance.Port),
            UpWithin,
            _ => $"the router does not see every instance of {slot.Name()} answering",
            cancellation
        );
        if (slot == stable)
            await file.WriteAsync(Assignment(stable, await runtime.ReadServersAsync(cancellation)), cancellation);

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
        await file.WriteAsync(Assignment(stable, await runtime.ReadServersAsync(cancellation)), cancellation);
    }

    private const string Retry = "the same command again; ./build.sh --target=Status shows what the router does";

    private static ServiceTraffic Traffic(string service, Slot stable, ImmutableArray<HaproxyServer> servers)
    {
        var kept = Of(stable);
        var candidate = Of(stable.Other());
        return new(
            service,
            ShareWeights.Share(Weight(candidate), Weight(kept)),
            (int)kept.Sum(server => server.Current),
            (int)candidate.Sum(server => server.Current),
            kept.Exists(server => server.IsUp),
            candidate.Exists(server => server.IsUp),
            kept.Exists(server => server.IsRegistered)
        );

        List<HaproxyServer> Of(Slot slot) =>
            [.. servers.Where(server => server.Service == service && server.Slot == slot)];

        static long Weight(List<HaproxyServer> arm) =>
            arm.Where(server => server.IsRegistered).Sum(server => (long)server.Weight);
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
        await file.WriteAsync(Assignment(stable, servers), cancellation);
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

    /// <summary>The servers, once every service has an instance of the slot that is up; a forgotten slot is registered again.</summary>
    private async Task<ImmutableArray<HaproxyServer>> WithCandidateAsync(
        Slot slot,
        ImmutableArray<HaproxyServer> servers,
        CancellationToken cancellation
    )
    {
        if (survivors is not null && Registered(slot, servers).IsEmpty)
        {
            var running = await survivors(slot, cancellation);
            if (running.Length > 0)
                await RegisterAsync(slot, running, cancellation);
            servers = await runtime.ReadServersAsync(cancellation);
        }
        var wanted = await ServicesOfAsync(slot, cancellation);
        return Missing(servers) is { Count: > 0 } missing
            ? throw new PipelineException(
                $"the candidate cannot get traffic: no instance of {string.Join(", ", missing)} is up at the router ({slot.Name()})",
                "an instance of every service that answers its health check",
                "./build.sh --target=Abort, then deploy again"
            )
            : servers;

        List<string> Missing(ImmutableArray<HaproxyServer> now) =>
            [.. wanted.Where(name => !now.Any(server => server.Service == name && server.Slot == slot && server.IsUp))];
    }

    /// <summary>
    /// What a version in this slot has: a version that served before may lack a service that came later, and is written
    /// down; a candidate is not, and has every service of the configuration.
    /// </summary>
    private async Task<ImmutableArray<string>> ServicesOfAsync(Slot slot, CancellationToken cancellation)
    {
        var written = (await file.ReadAsync(cancellation))?[slot] ?? [];
        return written.IsEmpty
            ? [.. settings.Services.Select(service => service.Name)]
            : [.. written.Select(instance => instance.Service).Distinct()];
    }

    private async Task ShiftAsync(
        Slot stable,
        (int Candidate, int Stable) weights,
        ImmutableArray<HaproxyServer> servers,
        IEnumerable<string> last,
        CancellationToken cancellation
    )
    {
        // First who gets more, then who gets less: at no moment has nobody any weight.
        var changes = servers
            .Where(server => server.IsRegistered)
            .Select(server => (Server: server, To: Wanted(server)))
            .OrderByDescending(change => change.To - change.Server.Weight)
            .Select(change => HaproxyCommands.SetWeight(change.Server.Service, change.Server.Name, change.To));
        await runtime.ApplyAsync([.. changes, .. last], cancellation);
        await WaitAsync(
            now => now.Where(server => server.IsRegistered).All(server => server.Weight == Wanted(server)),
            ConfirmWithin,
            now =>
                $"the router did not take the weights: {string.Join(", ", now.Where(s => s.Weight != Wanted(s)).Select(s => $"{s.Service}/{s.Name} has {s.Weight}"))}",
            cancellation
        );

        int Wanted(HaproxyServer server) => server.Slot == stable ? weights.Stable : weights.Candidate;
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

    private async Task WaitAsync(
        Func<ImmutableArray<HaproxyServer>, bool> confirmed,
        TimeSpan limit,
        Func<ImmutableArray<HaproxyServer>, string> complaint,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var servers = await runtime.ReadServersAsync(cancellation);
            if (confirmed(servers))
                return;
            if (time.GetElapsedTime(started) > limit)
                throw new PipelineException(complaint(servers), next: Retry);
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>
    /// A promotion whose process died before it wrote the file is made good by whoever comes next. Not at the price of
    /// what was asked: taking traffic back needs nothing but the router, so a disk that is full does not fail it.
    /// </summary>
    private async Task AlignFileAsync(Slot stable, CancellationToken cancellation)
    {
        try
        {
            var written = await file.ReadAsync(cancellation);
            if (written?.Stable != stable)
                await file.WriteAsync(Assignment(stable, await runtime.ReadServersAsync(cancellation)), cancellation);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private static SlotAssignment Assignment(Slot stable, ImmutableArray<HaproxyServer> servers) =>
        new(stable, Registered(Slot.Blue, servers), Registered(Slot.Green, servers));

    private static ImmutableArray<InstanceAddress> Registered(Slot slot, ImmutableArray<HaproxyServer> servers) =>
        [
            .. servers
                .Where(server => server.Slot == slot && server is { IsRegistered: true, Port: not null })
                .Select(server => new InstanceAddress(server.Service, server.Index, server.Port!.Value)),
        ];

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
