using System.Collections.Immutable;

namespace Slipway.Tools.Tests;

/// <summary>HAProxy's own exporter through a real Prometheus: names of its own, arms in the names of its servers, no histogram.</summary>
public class HaproxyExporterTests
{
    private const string OfServers = "\"$arm\", \"$1\", \"server\", \"(blue|green)-.*\"";

    [Test]
    public async Task OtherNamesAreReachedByPromQl()
    {
        using var folder = new ScratchFolder();
        using var blue = new FakeServer(_ => new(200, "ok"));
        using var green = new FakeServer(_ => new(503, "no"));
        var (traffic, exporter) = (RealPrometheus.FreePort(), RealPrometheus.FreePort());
        await using var haproxy = Start(folder, traffic, exporter, blue.Url, green.Url);
        await using var prometheus = await RealPrometheus.StartAsync([($"127.0.0.1:{exporter}", "router")], "role");
        var metrics = prometheus.Metrics(
            prometheus.Settings(
                new()
                {
                    Requests = $"sum by ($arm) (label_replace(haproxy_server_http_responses_total, {OfServers}))",
                    ServerErrors =
                        $"sum by ($arm) (label_replace(haproxy_server_http_responses_total{{code=\"5xx\"}}, {OfServers}))",
                    Timeouts = $"sum by ($arm) (label_replace(haproxy_server_connection_errors_total, {OfServers}))",
                    Crashes = $"sum by ($arm) (label_replace(haproxy_server_check_failures_total, {OfServers}))",
                    Sampled =
                        $"max by ($arm) (label_replace(timestamp(haproxy_server_http_responses_total), {OfServers}))",
                }
            )
        );
        var before = await RealPrometheus.EventuallyAsync(
            metrics,
            now => now is { Stable: not null, Candidate: not null }
        );

        using var client = new HttpClient();
        for (var i = 0; i < 20; i++)
            using (await client.GetAsync(new Uri($"http://127.0.0.1:{traffic}/"))) { }

        var after = await RealPrometheus.EventuallyAsync(
            metrics,
            now =>
                now?.Stable?.Requests + now?.Candidate?.Requests
                >= before.Stable!.Requests + before.Candidate!.Requests + 20
        );
        (after.Stable!.Requests - before.Stable!.Requests).ShouldBe(10);
        (after.Stable.ServerErrors - before.Stable.ServerErrors).ShouldBe(0);
        (after.Candidate!.Requests - before.Candidate!.Requests).ShouldBe(10);
        (after.Candidate.ServerErrors - before.Candidate.ServerErrors).ShouldBe(10);
        after.Candidate.Latency.Count.ShouldBe(0);
    }

    private static Ended Start(ScratchFolder folder, int traffic, int exporter, Uri blue, Uri green)
    {
        var configuration = folder.File(
            "haproxy.cfg",
            $$"""
            defaults
              mode http
              timeout connect 2s
              timeout client 5s
              timeout server 5s
            frontend metrics
              bind 127.0.0.1:{{exporter}}
              http-request use-service prometheus-exporter
            frontend public
              bind 127.0.0.1:{{traffic}}
              default_backend web
            backend web
              balance roundrobin
              server blue-1 {{blue.Authority}} check
              server green-1 {{green.Authority}} check

            """
        );
        var table = new ProcessLives();
        var pid = new DetachedStart().Start(
            new(
                "haproxy",
                ["-db", "-f", configuration],
                folder.Path,
                ImmutableSortedDictionary<string, string>.Empty.Add(
                    "PATH",
                    Environment.GetEnvironmentVariable("PATH")!
                ),
                folder.File("haproxy.log")
            )
        );
        return new(table, table.Find(pid));
    }

    private sealed class Ended(ProcessLives table, ProcessLife? life) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (life is null)
                return;
            table.Signal(life, force: true);
            await Eventually.Holds(() => !table.IsAlive(life), "HAProxy ends");
        }
    }
}
