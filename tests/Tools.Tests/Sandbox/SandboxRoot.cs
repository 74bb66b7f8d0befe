using System.Net;
using System.Net.Sockets;
using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>A sandbox of its own in a temp folder with a nasty name, on free ports. Ended and removed by the test.</summary>
internal sealed class SandboxRoot : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("slipway-sbx-");

    /// <param name="reachable">Whether the users of this machine may pass through the folder above: a clone in /root is not.</param>
    public SandboxRoot(bool reachable = true)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(_folder.FullName, reachable ? owner | UnixFileMode.OtherExecute : owner);
        // Whatever stands in a path is data to the scripts.
        Path = System.IO.Path.Combine(_folder.FullName, "it's $(id) ü");
        Directory.CreateDirectory(Path);
        DatabasePort = FreePort();
        HttpPort = FreePort();
        RegistryPort = FreePort();
    }

    public string Path { get; }

    public int DatabasePort { get; }

    public int HttpPort { get; }

    public int RegistryPort { get; }

    /// <summary>Short, whatever the root is called: the path of a socket has an end.</summary>
    public string Socket => System.IO.Path.Combine(_folder.FullName, "admin.sock");

    public string DatabaseUrl =>
        $"postgres://slipway:{File.ReadAllText(At("postgres", "password"))}@127.0.0.1:{DatabasePort}/slipway?sslmode=disable";

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public Command Script(string name, params string[] arguments) =>
        Command
            .Of(Repository.At("sandbox", "cloud", name), arguments)
            .In("/")
            .With("SLIPWAY_SANDBOX_ROOT", Path)
            .With("SLIPWAY_DATABASE_PORT", $"{DatabasePort}")
            .With("SLIPWAY_REGISTRY_PORT", $"{RegistryPort}") with
        {
            SuccessExitCodes = [0, 1, 2, 3],
        };

    public Task<CommandResult> RunAsync(string name, params string[] arguments) =>
        new LocalCommandRunner().RunAsync(Script(name, arguments));

    /// <summary>A router that answers every request by itself.</summary>
    public void WriteRouter(string rules = "  http-request return status 200 content-type text/plain string routed\n")
    {
        Directory.CreateDirectory(At("haproxy"));
        File.WriteAllText(
            At("haproxy", "haproxy.cfg"),
            $"""
            global
              stats socket {Socket} mode 600 level admin
            defaults
              mode http
              timeout client 10s
              timeout server 10s
              timeout connect 2s
              timeout http-keep-alive 5s
            frontend public
              bind 127.0.0.1:{HttpPort}
            {rules}
            """
        );
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("haproxy.sh", "down");
        await RunAsync("postgres.sh", "down");
        // The data of a sandbox that PostgreSQL's user cannot reach lives elsewhere.
        if (new DirectoryInfo(At("postgres", "data")) is { Exists: true, LinkTarget: { } elsewhere })
            Directory.GetParent(elsewhere)!.Delete(recursive: true);
        _folder.Delete(recursive: true);
    }
}
