using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>The servers of a running HAProxy, and waiting until it shows that it did what it was told.</summary>
internal sealed class HaproxyServers(HaproxyRuntime runtime, TimeProvider time)
{
    public const string Retry = "the same command again; ./build.sh --target=Status shows what the router does";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static ImmutableArray<InstanceAddress> Registered(Slot slot, ImmutableArray<HaproxyServer> servers) =>
        [
            .. servers
                .Where(server => server.Slot == slot && server is { IsRegistered: true, Port: not null })
                .Select(server => new InstanceAddress(server.Service, server.Index, server.Port!.Value)),
        ];

    public static SlotAssignment Assignment(Slot stable, ImmutableArray<HaproxyServer> servers) =>
        new(stable, Registered(Slot.Blue, servers), Registered(Slot.Green, servers));

    /// <param name="complaint">What to say of the servers that did not come to it within <paramref name="limit"/>.</param>
    public async Task WaitAsync(
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
}
