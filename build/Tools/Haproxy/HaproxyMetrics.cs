using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>
/// HAProxy's own counters per arm, and the latencies of its memory of requests. A request that an instance did not answer and that went
/// to another one counts at the instance that failed: users saw nothing of it, the judge does.
/// </summary>
/// <remarks>
/// A service that only one of the versions has is not split between them, so its requests say nothing of the share, and its
/// latencies compare with nothing: of it the failures alone are counted.
/// </remarks>
public sealed class HaproxyMetrics(HaproxyRuntime runtime, TimeProvider time) : IMetricsSource
{
    private readonly Dictionary<Slot, LatencyTally> _latencies = Slots.All.ToDictionary(
        slot => slot,
        _ => new LatencyTally()
    );
    private readonly Dictionary<(string, string), ServerCounters> _highest = [];
    private HashSet<long> _seen = [];
    private string _epoch = "";

    public async Task<MetricsReading?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var info = await runtime.ReadInfoAsync(cancellation);
            var stable = await runtime.ReadStableAsync(cancellation);
            var servers = await runtime.ReadServersAsync(cancellation);
            var split = Split(servers);
            Count(info.Epoch, await runtime.ReadRequestsAsync(cancellation), split);
            // Who is the candidate is part of the epoch: after a promotion the same counters belong to the other arm.
            return new(
                time.GetUtcNow(),
                $"{info.Epoch}/{stable.Name()}",
                Arm(stable, servers, split),
                Arm(stable.Other(), servers, split)
            );
        }
        catch (Exception unanswered)
            when (unanswered is PipelineException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Adds the requests that were not there at the reading before; those of the first reading are old news.</summary>
    private void Count(string epoch, ImmutableArray<HaproxyRequest> requests, ImmutableHashSet<string> split)
    {
        if (_epoch != epoch)
        {
            _highest.Clear();
            _seen = _epoch.Length == 0 ? [.. requests.Select(request => request.Number)] : [];
            _epoch = epoch;
        }
        foreach (
            var request in requests.Where(request => !_seen.Contains(request.Number) && split.Contains(request.Service))
        )
            _latencies[request.Slot].Add(request.Microseconds / 1000.0);
        _seen = [.. requests.Select(request => request.Number)];
    }

    /// <summary>The services that both slots have; all, where that is none: nothing is compared then.</summary>
    private static ImmutableHashSet<string> Split(ImmutableArray<HaproxyServer> servers)
    {
        var both = Of(Slot.Blue).Intersect(Of(Slot.Green));
        return both.IsEmpty ? [.. servers.Select(server => server.Service)] : both;

        ImmutableHashSet<string> Of(Slot slot) =>
            [.. servers.Where(server => server.Slot == slot && server.IsRegistered).Select(server => server.Service)];
    }

    private ArmCounters? Arm(Slot slot, ImmutableArray<HaproxyServer> servers, ImmutableHashSet<string> split)
    {
        var arm = servers.Where(server => server.Slot == slot).ToList();
        if (!arm.Exists(server => server.IsRegistered))
            return null;
        var counters = arm.Select(server =>
                split.Contains(server.Service) ? Counters(server) : Counters(server).Failures
            )
            .ToList();
        return new(
            counters.Sum(one => one.Requests),
            counters.Sum(one => one.ServerErrors),
            counters.Sum(one => one.Timeouts),
            counters.Sum(one => one.Crashes),
            _latencies[slot].Read()
        );
    }

    /// <summary>
    /// HAProxy's <c>econ</c>, <c>eresp</c>, <c>wretr</c> and <c>wredis</c> count one failed attempt once, twice or not at
    /// all, depending on where the next attempt went. What was attempted, is not under way and has no answer has failed,
    /// whatever the way. The table is not a snapshot, so each number only ever grows here.
    /// </summary>
    private ServerCounters Counters(HaproxyServer server)
    {
        var ended = server.Attempts - server.Current;
        var now = new ServerCounters(
            ended,
            server.ServerErrors,
            Math.Max(0, ended - server.Answers) + server.Broken,
            server.Deaths
        );
        var key = (server.Service, server.Name);
        return _highest[key] = _highest.TryGetValue(key, out var before) ? now.AtLeast(before) : now;
    }

    private sealed record ServerCounters(long Requests, long ServerErrors, long Timeouts, long Crashes)
    {
        public ServerCounters Failures => this with { Requests = ServerErrors + Timeouts };

        public ServerCounters AtLeast(ServerCounters before) =>
            new(
                Math.Max(Requests, before.Requests),
                Math.Max(ServerErrors, before.ServerErrors),
                Math.Max(Timeouts, before.Timeouts),
                Math.Max(Crashes, before.Crashes)
            );
    }
}
