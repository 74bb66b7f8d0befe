using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Tools.Tests;

/// <summary>A real Prometheus on loopback with its own folder; ends with the test.</summary>
internal sealed class RealPrometheus : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly ScratchFolder _folder = new();
    private readonly ProcessLives _table = new();
    private readonly HttpMessageInvoker _http = CheckConnections.Open();
    private ProcessLife? _life;

    private RealPrometheus() => Url = new($"http://127.0.0.1:{FreePort()}/");

    public Uri Url { get; }

    public ArmNames Arms { get; set; } = new("blue", "green");

    /// <summary>Scrapes these targets five times a second; each gets its value of the label.</summary>
    public static async Task<RealPrometheus> StartAsync(
        IEnumerable<(string Target, string Slot)> targets,
        string label = "slot",
        params string[] options
    )
    {
        var prometheus = new RealPrometheus();
        try
        {
            await prometheus.BeginAsync([.. targets], label, options);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public PrometheusSettings Settings(PrometheusQueries? queries = null) =>
        new(
            Url,
            ArmNaming.Slot,
            "slot",
            TimeSpan.FromMilliseconds(500),
            TimeSpan.FromSeconds(1),
            queries ?? new PrometheusQueries()
        );

    public PrometheusMetrics Metrics(PrometheusSettings? settings = null) =>
        new(
            new PrometheusApi(_http, Url, TimeProvider.System),
            settings ?? Settings(),
            _ => Task.FromResult<ArmNames?>(Arms)
        );

    public static async Task<MetricsReading> EventuallyAsync(
        PrometheusMetrics metrics,
        Func<MetricsReading?, bool> holds
    )
    {
        var until = DateTime.UtcNow + Bound;
        MetricsReading? reading = null;
        while (DateTime.UtcNow < until)
        {
            reading = await metrics.ReadAsync(CancellationToken.None);
            if (holds(reading))
                return reading!;
            await Task.Delay(50);
        }
        throw new AssertionException(
            $"did not happen within {Bound.TotalSeconds} s: {metrics.Problem} {JsonSerializer.Serialize(reading)}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_life is { } life)
        {
            _table.Signal(life, force: true);
            await Eventually.Holds(() => !_table.IsAlive(life), "Prometheus ends");
        }
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task BeginAsync(ImmutableArray<(string Target, string Slot)> targets, string label, string[] options)
    {
        var groups = targets.Select(target =>
            $"      - targets: [\"{target.Target}\"]\n        labels: {{ {label}: \"{target.Slot}\" }}\n"
        );
        var configuration = _folder.File(
            "prometheus.yml",
            $"""
            global:
              scrape_interval: 200ms
              scrape_timeout: 200ms
            scrape_configs:
              - job_name: product
                static_configs:

            """ + string.Concat(groups)
        );
        var log = _folder.File("prometheus.log");
        var pid = new DetachedStart().Start(
            new(
                "prometheus",
                [
                    $"--config.file={configuration}",
                    $"--storage.tsdb.path={Path.Combine(_folder.Path, "data")}",
                    $"--web.listen-address={Url.Authority}",
                    "--log.level=warn",
                    .. options,
                ],
                _folder.Path,
                ImmutableSortedDictionary<string, string>.Empty.Add(
                    "PATH",
                    Environment.GetEnvironmentVariable("PATH")!
                ),
                log
            )
        );
        _life = _table.Find(pid);
        await Eventually.Holds(() => IsReady(), $"Prometheus is ready: {File.ReadAllText(log)}");
    }

    private bool IsReady()
    {
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(1) };
            return client.GetAsync(new Uri(Url, "-/ready")).GetAwaiter().GetResult().IsSuccessStatusCode;
        }
        catch (Exception down) when (down is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
