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
public sealed class HaproxyRouter(
    HaproxySettings settings,
    HaproxyRuntime runtime,
    HaproxyConfigurationFile file,
    HaproxyRegistry registry,
    TimeProvider time,
    Func<Slot, CancellationToken, Task<ImmutableArray<InstanceAddress>>>? survivors = null
) : ITrafficRouter
{
    private static readonly TimeSpan ConfirmWithin = TimeSpan.FromSeconds(3);

    private readonly HaproxyServers _servers = new(runtime, time);

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
            throw new PipelineException(
                $"the router still calls {before.Name()} the stable slot",
                next: HaproxyServers.Retry
            );
        await file.WriteAsync(
            HaproxyServers.Assignment(after, await runtime.ReadServersAsync(cancellation)),
            cancellation
        );
    }

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

    /// <summary>The servers, once every service has an instance of the slot that is up; a forgotten slot is registered again.</summary>
    private async Task<ImmutableArray<HaproxyServer>> WithCandidateAsync(
        Slot slot,
        ImmutableArray<HaproxyServer> servers,
        CancellationToken cancellation
    )
    {
        if (survivors is not null && HaproxyServers.Registered(slot, servers).IsEmpty)
        {
            var running = await survivors(slot, cancellation);
            if (running.Length > 0)
                await registry.RegisterAsync(slot, running, cancellation);
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
        await _servers.WaitAsync(
            now => now.Where(server => server.IsRegistered).All(server => server.Weight == Wanted(server)),
            ConfirmWithin,
            now =>
                $"the router did not take the weights: {string.Join(", ", now.Where(s => s.Weight != Wanted(s)).Select(s => $"{s.Service}/{s.Name} has {s.Weight}"))}",
            cancellation
        );

        int Wanted(HaproxyServer server) => server.Slot == stable ? weights.Stable : weights.Candidate;
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
                await file.WriteAsync(
                    HaproxyServers.Assignment(stable, await runtime.ReadServersAsync(cancellation)),
                    cancellation
                );
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
