using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// A PostgreSQL server of our own, for proofs and tests: made in under a second, on loopback, without fsync, gone with
/// its data when it is disposed. PostgreSQL refuses to run as root, so root starts it as the user <c>postgres</c>.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private const string Prefix = "slipway-pg-";
    private const int Attempts = 3;

    private readonly ICommandRunner _runner;
    private readonly PostgresPrograms _programs;
    private readonly string _folder;

    private PrivateCluster(ICommandRunner runner, PostgresPrograms programs, string folder, PostgresUrl url)
    {
        _runner = runner;
        _programs = programs;
        _folder = folder;
        Url = url;
    }

    /// <summary>The database <c>postgres</c> as superuser.</summary>
    public PostgresUrl Url { get; }

    /// <param name="programs">Where <c>initdb</c> and <c>pg_ctl</c> are.</param>
    /// <param name="settings">Lines for postgresql.conf, e.g. <c>max_locks_per_transaction = 1024</c>.</param>
    public static async Task<PrivateCluster> StartAsync(
        ICommandRunner runner,
        PostgresPrograms programs,
        IEnumerable<string> settings,
        CancellationToken cancellation
    )
    {
        RemoveAbandoned();
        var folder = Path.Combine(
            Path.GetTempPath(),
            $"{Prefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"
        );
        var password = new Secret(RandomNumberGenerator.GetHexString(32, lowercase: true));
        var data = Path.Combine(folder, "data");
        try
        {
            await RunAsync(
                runner,
                Command.Of(
                    programs.Path("initdb"),
                    "-D",
                    data,
                    "-U",
                    "postgres",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                    "--no-instructions",
                    "--auth-local=peer",
                    "--auth-host=scram-sha-256"
                ),
                cancellation
            );
            // The role is called postgres; whoever runs the server may be it, through the socket.
            await File.WriteAllTextAsync(
                Path.Combine(data, "pg_hba.conf"),
                "local all all peer map=owner\nhost all all 127.0.0.1/32 scram-sha-256\n",
                cancellation
            );
            await File.WriteAllTextAsync(
                Path.Combine(data, "pg_ident.conf"),
                $"owner \"{(Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName)}\" postgres\n",
                cancellation
            );
            for (var attempt = 1; ; attempt++)
            {
                var port = FreePort();
                await ConfigureAsync(data, folder, port, settings, cancellation);
                try
                {
                    await RunAsync(runner, Control(programs, data, "start"), cancellation);
                }
                catch (CommandFailedException) when (attempt < Attempts)
                {
                    continue; // somebody else took the port in between
                }
                await SetPasswordAsync(runner, programs, folder, port, password, cancellation);
                return new PrivateCluster(
                    runner,
                    programs,
                    folder,
                    new PostgresUrl
                    {
                        Host = "127.0.0.1",
                        Port = port,
                        Database = "postgres",
                        User = "postgres",
                        Password = password,
                    }
                );
            }
        }
        catch
        {
            await RemoveAsync(runner, programs, folder);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await RemoveAsync(_runner, _programs, _folder);

    private static async Task ConfigureAsync(
        string data,
        string socketFolder,
        int port,
        IEnumerable<string> settings,
        CancellationToken cancellation
    ) =>
        await File.AppendAllLinesAsync(
            Path.Combine(data, "postgresql.conf"),
            settings.Concat([
                $"port = {port}",
                "listen_addresses = '127.0.0.1'",
                $"unix_socket_directories = '{socketFolder}'",
                "fsync = off",
                "full_page_writes = off",
                "synchronous_commit = off",
                "logging_collector = off",
            ]),
            cancellation
        );

    private static Command Control(PostgresPrograms programs, string data, string verb) =>
        verb == "start"
            ? Command.Of(
                programs.Path("pg_ctl"),
                "-D",
                data,
                "-l",
                Path.Combine(data, "server.log"),
                "-w",
                "-t",
                "30",
                "start"
            )
            : Command.Of(programs.Path("pg_ctl"), "-D", data, "-m", "immediate", "-w", "-t", "30", "stop");

    // By the socket, where the system itself says who we are; the password goes through standard input.
    private static async Task SetPasswordAsync(
        ICommandRunner runner,
        PostgresPrograms programs,
        string folder,
        int port,
        Secret password,
        CancellationToken cancellation
    )
    {
        await RunAsync(
            runner,
            Command.Of(
                programs.Path("psql"),
                "-X",
                "-q",
                "-w",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                folder,
                "-p",
                $"{port}",
                "-U",
                "postgres",
                "-d",
                "postgres",
                "-f",
                "-"
            ) with
            {
                SecretInput = new Secret($"alter role postgres password '{password.Reveal()}';\n"),
            },
            cancellation
        );
    }

    private static async Task RemoveAsync(ICommandRunner runner, PostgresPrograms programs, string folder)
    {
        var data = Path.Combine(folder, "data");
        try
        {
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
                await RunAsync(runner, Control(programs, data, "stop"), CancellationToken.None);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<CommandResult> RunAsync(ICommandRunner runner, Command command, CancellationToken cancellation)
    {
        command = command.In("/") with { Timeout = TimeSpan.FromMinutes(1) };
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            command = command with
            {
                Program = "runuser",
                Arguments = ["-u", "postgres", "--", command.Program, .. command.Arguments],
            };
        return runner.RunAsync(command, cancellation: cancellation);
    }

    // A run that was killed left its server and its data; its process id is in the folder's name.
    private static void RemoveAbandoned()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, out var process) || IsAlive(process))
                continue;
            try
            {
                var pidFile = Path.Combine(folder, "data", "postmaster.pid");
                if (
                    File.Exists(pidFile)
                    && int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), out var server)
                    && IsAlive(server)
                )
                {
                    using var postmaster = System.Diagnostics.Process.GetProcessById(server);
                    if (postmaster.ProcessName.StartsWith("postgres", StringComparison.Ordinal))
                        postmaster.Kill(entireProcessTree: true);
                }
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception other) when (other is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // Another user's, or another run removes it at this moment.
            }
        }
    }

    internal static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
