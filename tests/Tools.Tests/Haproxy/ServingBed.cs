using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Slipway.Builds;
using Slipway.Environments;
using Slipway.Rollouts;
using Slipway.Routing;
using Slipway.Secrets;
using Slipway.Versions;

namespace Slipway.Tools.Tests.Haproxy;

/// <summary>A real HAProxy and real instances in a temporary folder; everything ends with the test.</summary>
internal sealed class ServingBed : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private readonly ProcessLives _table = new();
    private readonly HttpMessageInvoker _http = CheckConnections.Open();
    private ProcessLife? _haproxy;

    public ServingBed(
        ImmutableArray<ServiceSettings>? services = null,
        TimeSpan? healthTimeout = null,
        string? stickyBy = null
    )
    {
        Services = services ?? [new("web", "/web/health", ["/"]), new("auth", "/auth/health", ["/auth"])];
        Root = Directory.CreateTempSubdirectory("bed-").FullName;
        Settings = new(Path.Combine(Root, "haproxy"), FreePort(), Services, stickyBy);
        File = new(Settings);
        Runtime = new(Settings);
        Records = new(Root);
        Host = new(
            new(
                Root,
                Services.ToImmutableSortedDictionary(
                    service => service.Name,
                    ImmutableArray<string> (_) => ["node", "server.mjs"],
                    StringComparer.Ordinal
                )
            ),
            new Bundles(Root),
            new DetachedStart(),
            _table,
            TimeProvider.System
        );
        Registry = new(Settings, Runtime, File, TimeProvider.System);
        Router = NewRouter();
        var check = new HealthCheck(_http, TimeProvider.System) { Patience = TimeSpan.FromSeconds(2) };
        Workload = new(
            new(Root, Services, healthTimeout ?? Bound, TimeSpan.FromSeconds(5)),
            Host,
            Registry,
            Records,
            new(
                ImmutableSortedDictionary<string, Secret>.Empty.Add(
                    "DATABASE_URL",
                    new("postgres://app:hush@127.0.0.1/db")
                ),
                ImmutableSortedDictionary<string, Secret>
                    .Empty.Add("SIGNING_KEY", new("hush: a key"))
                    .Add("OTHER_KEY", new("hush: another one"))
            ),
            (service, url, expected, cancellation) => check.AskAsync(service, url, expected, cancellation),
            TimeProvider.System
        );
        Probe = new(Workload, check);
        Metrics = new(Runtime, TimeProvider.System);
    }

    public string Root { get; }

    public ImmutableArray<ServiceSettings> Services { get; }

    public HaproxySettings Settings { get; }

    public HaproxyConfigurationFile File { get; }

    public HaproxyRuntime Runtime { get; }

    public HaproxyRegistry Registry { get; }

    public HaproxyRouter Router { get; }

    public HaproxyMetrics Metrics { get; }

    public ArmRecords Records { get; }

    public ProcessInstances Host { get; }

    public LocalWorkload Workload { get; }

    public HealthProbe Probe { get; }

    public ProcessLives Table => _table;

    public Uri Url => new($"http://127.0.0.1:{Settings.HttpPort}/");

    public static ProjectVersion Version(string number)
    {
        var parts = number.Split('.').Select(int.Parse).ToArray();
        return new($"v{number}", "", $"v{number}", parts[0], parts[1], parts[2], null);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>As another process would make it: nothing is known but what is on the machine.</summary>
    public HaproxyRouter NewRouter() =>
        new(
            Settings,
            Runtime,
            File,
            Registry,
            TimeProvider.System,
            (slot, cancellation) => LocalWorkload.SurvivorsAsync(Records, Host, slot, cancellation)
        );

    public async Task StartHaproxyAsync()
    {
        await File.EnsureAsync(CancellationToken.None);
        var pid = new DetachedStart().Start(
            new(
                "haproxy",
                ["-W", "-f", Settings.ConfigurationFile, "-p", Settings.PidFile],
                Settings.Folder,
                ImmutableSortedDictionary<string, string>.Empty.Add(
                    "PATH",
                    Environment.GetEnvironmentVariable("PATH")!
                ),
                Path.Combine(Settings.Folder, "start.log")
            )
        );
        _haproxy = _table.Find(pid);
        await EventuallyAsync(
            async () =>
            {
                try
                {
                    await Runtime.ReadInfoAsync(CancellationToken.None);
                    return true;
                }
                catch (Slipway.Outcomes.PipelineException)
                {
                    return false;
                }
            },
            () => System.IO.File.ReadAllText(Path.Combine(Settings.Folder, "start.log"))
        );
    }

    /// <summary>As a power cut would: master and worker, without a word.</summary>
    public async Task KillHaproxyAsync()
    {
        if (_haproxy is not { } life)
            return;
        _table.Signal(life, force: true);
        await EventuallyAsync(() => Task.FromResult(!_table.IsAlive(life)));
        _haproxy = null;
    }

    public Task StartCandidateAsync(string version, string fault = "", CancellationToken cancellation = default) =>
        Workload.StartCandidateAsync(Candidate(version, fault), cancellation);

    public CandidateStart Candidate(string version, string fault = "") =>
        new(
            Version(version),
            $"deploy-{version}",
            [.. Services.Select(service => Image(service.Name, version))],
            fault.Length == 0
                ? ImmutableSortedDictionary<string, string>.Empty
                : ImmutableSortedDictionary<string, string>.Empty.Add("SLIPWAY_FAULT", fault)
        );

    public async Task DeployAsync(string version)
    {
        await StartCandidateAsync(version);
        await Router.SetCandidateShareAsync(100, CancellationToken.None);
        await Router.SwapAsync(CancellationToken.None);
    }

    public SyntheticTraffic Traffic(int requestsPerSecond = 50) =>
        SyntheticTraffic.Start(
            new(Url, requestsPerSecond, ["/", "/auth/me"], TimeSpan.FromMinutes(2)),
            TimeProvider.System
        );

    public async Task<(int Status, string Version)> GetAsync(string path = "/", string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, path));
        if (cookie is not null)
            request.Headers.Add("cookie", cookie);
        using var response = await _http.SendAsync(request, CancellationToken.None);
        var version = response.Headers.TryGetValues(SyntheticTraffic.VersionHeader, out var values)
            ? values.First()
            : "";
        return ((int)response.StatusCode, version);
    }

    public static async Task EventuallyAsync(Func<Task<bool>> holds, Func<string>? otherwise = null)
    {
        var until = DateTime.UtcNow + Bound;
        while (!await holds())
        {
            if (DateTime.UtcNow > until)
                Assert.Fail($"did not happen within {Bound.TotalSeconds} s. {otherwise?.Invoke()}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in Slots.All)
        {
            foreach (var id in await Host.FindAsync(slot, CancellationToken.None))
                await Host.StopAsync(id, TimeSpan.Zero, CancellationToken.None);
        }
        await KillHaproxyAsync();
        _http.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static ServiceImage Image(string service, string version) =>
        new(service, ImageKind.Bundle, $"{service}-{version}.tar", $"sha256:{service}-{version}", [], 0);

    private sealed class Bundles(string root) : IBundleStore
    {
        public Task<string> UnpackAsync(ServiceImage image, CancellationToken cancellation)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, "releases", image.Digest)).FullName;
            System.IO.File.WriteAllText(Path.Combine(folder, "server.mjs"), Program);
            return Task.FromResult(folder);
        }
    }

    private const string Program = """
        import { createServer } from "node:http";
        import { renameSync, writeFileSync } from "node:fs";
        const { SLIPWAY_VERSION: version, SLIPWAY_FAULT: fault, SLIPWAY_PORT_FILE: portFile } = process.env;
        if (fault === "dies") { console.log("cannot go on: " + process.env.DATABASE_URL); process.exit(3); }
        if (fault === "stubborn") process.on("SIGTERM", () => console.log("no"));
        else process.on("SIGTERM", () => process.exit(0));
        const server = createServer((request, response) => {
          response.setHeader("x-slipway-version", version);
          const path = new URL(request.url, "http://x").pathname;
          if (path.endsWith("/health")) {
            response.statusCode = fault === "unhealthy" ? 503 : 200;
            return response.end(JSON.stringify({
              status: fault === "unhealthy" ? "unhealthy" : "healthy",
              version: fault === "wrong-version" ? "9.9.9" : version,
            }));
          }
          if (path === "/env") return response.end(Object.keys(process.env).join(" "));
          if (path === "/slow") return setTimeout(() => response.end("slow"), 600);
          if (path === "/die") process.exit(1);
          if (fault === "errors") response.statusCode = 500;
          if (fault === "closes") return request.socket.destroy();
          setTimeout(() => response.end("ok"), fault === "late" ? 30 : 0);
        });
        server.listen(0, "127.0.0.1", () => {
          if (fault === "silent") return;
          writeFileSync(portFile + ".new", String(server.address().port));
          renameSync(portFile + ".new", portFile);
        });
        """;
}
