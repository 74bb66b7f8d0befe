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
    private readonly Dictionary<Slot, ServerCounters> _counted = [];
    private HashSet<long> _seen = [];
    private string _epoch = "";

    public async Task<MetricsReading?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var info = await runtime.ReadInfoAsync(cancellation);
            var stable = await runtime.ReadStableAsync(cancellation);
            var servers = await runtime.ReadServersAsync(cancellation);
            var requests = await runtime.ReadRequestsAsync(cancellation);
            Begin(info.Epoch, requests);
            var split = Split(servers);
            Count(servers, split);
            Count(requests, split);
            // Who is the candidate is part of the epoch: after a promotion the same counters belong to the other arm.
            return new(
                time.GetUtcNow(),
                $"{info.Epoch}/{stable.Name()}",
                Arm(stable, servers),
                Arm(stable.Other(), servers)
            );
        }
        catch (Exception unanswered)
            when (unanswered is PipelineException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A HAProxy that began anew counts anew; what it remembers at the very first reading is old news.</summary>
    private void Begin(string epoch, ImmutableArray<HaproxyRequest> requests)
    {
        if (_epoch == epoch)
            return;
        _highest.Clear();
        _counted.Clear();
        _seen = _epoch.Length == 0 ? [.. requests.Select(request => request.Number)] : [];
        _epoch = epoch;
    }

    private void Count(ImmutableArray<HaproxyRequest> requests, ImmutableHashSet<string> split)
    {
        foreach (
            var request in requests.Where(request => !_seen.Contains(request.Number) && split.Contains(request.Service))
        )
            _latencies[request.Slot].Add(request.Microseconds / 1000.0);
        _seen = [.. requests.Select(request => request.Number)];
    }

    /// <summary>
    /// Adds what came since the reading before, so that a service which is split from now on does not bring its past
    /// along: one whose instance is just being registered anew is not, for a moment.
    /// </summary>
    private void Count(ImmutableArray<HaproxyServer> servers, ImmutableHashSet<string> split)
    {
        foreach (var server in servers)
        {
            var more = Since(server);
            var counted = _counted.GetValueOrDefault(server.Slot, ServerCounters.None);
            _counted[server.Slot] = counted.Plus(split.Contains(server.Service) ? more : more.Failures);
        }
    }

    /// <summary>The services that both slots have; all, where that is none: nothing is compared then.</summary>
    private static ImmutableHashSet<string> Split(ImmutableArray<HaproxyServer> servers)
    {
        var both = Of(Slot.Blue).Intersect(Of(Slot.Green));
        return both.IsEmpty ? [.. servers.Select(server => server.Service)] : both;

        ImmutableHashSet<string> Of(Slot slot) =>
            [.. servers.Where(server => server.Slot == slot && server.IsRegistered).Select(server => server.Service)];
    }

    private ArmCounters? Arm(Slot slot, ImmutableArray<HaproxyServer> servers)
    {
        if (!servers.Any(server => server.Slot == slot && server.IsRegistered))
            return null;
        var counted = _counted[slot];
        return new(counted.Requests, counted.ServerErrors, counted.Timeouts, counted.Crashes, _latencies[slot].Read());
    }

    /// <summary>
    /// HAProxy's <c>econ</c>, <c>eresp</c>, <c>wretr</c> and <c>wredis</c> count one failed attempt once, twice or not at
    /// all, depending on where the next attempt went. What was attempted, is not under way and has no answer has failed,
    /// whatever the way. The table is not a snapshot, so each number only ever grows here.
    /// </summary>
    private ServerCounters Since(HaproxyServer server)
    {
        var ended = server.Attempts - server.Current;
        var now = new ServerCounters(
            ended,
            server.ServerErrors,
            Math.Max(0, ended - server.Answers) + server.Broken,
            server.Deaths
        );
        var key = (server.Service, server.Name);
        var before = _highest.GetValueOrDefault(key, ServerCounters.None);
        _highest[key] = now.AtLeast(before);
        return _highest[key].Minus(before);
    }

    private sealed record ServerCounters(long Requests, long ServerErrors, long Timeouts, long Crashes)
    {
        public static ServerCounters None { get; } = new(0, 0, 0, 0);

        /// <summary>As if there had been no other requests.</summary>
        public ServerCounters Failures => this with { Requests = ServerErrors + Timeouts };

        public ServerCounters AtLeast(ServerCounters before) => With(before, Math.Max);

        public ServerCounters Plus(ServerCounters more) => With(more, (one, other) => one + other);

        public ServerCounters Minus(ServerCounters before) => With(before, (one, other) => one - other);

        private ServerCounters With(ServerCounters other, Func<long, long, long> each) =>
            new(
                each(Requests, other.Requests),
                each(ServerErrors, other.ServerErrors),
                each(Timeouts, other.Timeouts),
                each(Crashes, other.Crashes)
            );
    }
}
