using System.Net;
using System.Net.Sockets;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// An engine and a registry of one's own, for machines that have the programs and a root user but no running engine:
/// own folders, own socket, no bridge, no firewall rules; the registry listens on loopback alone.
/// </summary>
public sealed class LocalDocker : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private const int Looks = 600;

    private readonly DaemonHandle _engine;
    private readonly DaemonHandle _registry;

    private LocalDocker(DaemonHandle engine, DaemonHandle registry, DockerEngine address, string registryAddress)
    {
        _engine = engine;
        _registry = registry;
        Engine = address;
        Registry = registryAddress;
    }

    public DockerEngine Engine { get; }

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Registry { get; }

    /// <summary>Why this machine cannot have one; null when it can.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "a Docker engine of one's own needs root on Linux";
        var missing = new[] { "dockerd", "docker", "docker-registry", "unshare" }
            .Where(name => ProgramPath.Find(name) is null)
            .ToList();
        return missing.Count == 0
            ? null
            : $"missing: {string.Join(", ", missing)}; apt-get install docker.io docker-registry util-linux";
    }

    /// <param name="folder">Everything goes there; keep it short, a socket's path may have 107 characters.</param>
    public static async Task<LocalDocker> StartAsync(
        ICommandRunner runner,
        IDaemonStarter daemons,
        string folder,
        CancellationToken cancellation
    )
    {
        if (Obstacle() is { } obstacle)
            throw new PipelineException(obstacle);
        string At(string name) => Path.Combine(Path.GetFullPath(folder), name);
        Directory.CreateDirectory(At("config"));
        var registry = $"127.0.0.1:{FreePort()}";
        await File.WriteAllTextAsync(
            At("registry.json"),
            System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    version = "0.1",
                    log = new { level = "warn" },
                    storage = new { filesystem = new { rootdirectory = At("registry") } },
                    http = new { addr = registry },
                }
            ),
            cancellation
        );
        var registryDaemon = await daemons.StartAsync(
            Command.Of("docker-registry", "serve", At("registry.json")),
            At("registry.log"),
            At("registry.pid"),
            cancellation
        );
        // In a mount namespace of its own, so that no mount is left behind on the machine.
        var engineDaemon = await daemons.StartAsync(
            Command.Of(
                "unshare",
                "--mount",
                "--propagation=private",
                "dockerd",
                $"--host=unix://{At("s")}",
                $"--data-root={At("data")}",
                $"--exec-root={At("exec")}",
                $"--pidfile={At("dockerd.pid")}",
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false",
                "--ip-forward=false",
                "--userland-proxy=false"
            ),
            At("dockerd.log"),
            At("engine.pid"),
            cancellation
        );
        var address = new DockerEngine($"unix://{At("s")}", At("config"));
        var local = new LocalDocker(engineDaemon, registryDaemon, address, registry);
        try
        {
            await local.UntilItAnswersAsync(new Docker(runner, address), At("dockerd.log"), cancellation);
            return local;
        }
        catch
        {
            await local.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.StopAsync(Grace);
        await _registry.StopAsync(Grace);
    }

    private async Task UntilItAnswersAsync(Docker docker, string log, CancellationToken cancellation)
    {
        for (var look = 0; look < Looks && _engine.IsAlive; look++)
        {
            if (
                File.Exists(Engine.Host!["unix://".Length..])
                && await docker.ServerVersionAsync(cancellation) is not null
            )
                return;
            await Task.Delay(Look, cancellation);
        }
        var lines = await File.ReadAllLinesAsync(log, cancellation);
        throw new PipelineException("the Docker engine did not start:\n" + string.Join('\n', lines.TakeLast(20)));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
