using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;

namespace Slipway.Tools;

/// <summary>Which parts of a sandbox run, as the machine says; Terraform's state only knows that it started them once.</summary>
public sealed class SandboxParts(SandboxSettings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly ProcessLives Lives = new();

    /// <summary>Addresses of the parts that do not run, for <c>terraform apply -replace=…</c>; empty when all do.</summary>
    public async Task<ImmutableArray<string>> ReadDeadAsync(CancellationToken cancellation)
    {
        var dead = ImmutableArray.CreateBuilder<string>();
        if (!DatabaseRuns() || !await AnswersAsync(settings.DatabasePort, cancellation))
            dead.Add("terraform_data.postgres");
        foreach (var region in settings.Regions)
            if (!await RouterServesAsync(region, cancellation))
                dead.Add(region.RouterAddress);
        return dead.ToImmutable();
    }

    /// <summary>Whether our own HAProxy listens at its admin socket: no other program can be there.</summary>
    public static async Task<bool> RouterRunsAsync(SandboxRegion region, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var endPoint = new UnixDomainSocketEndPoint(region.AdminSocket);
        return await ConnectsAsync(token => socket.ConnectAsync(endPoint, token), cancellation);
    }

    /// <summary>
    /// Whether users get through to it, too: a takeover that was broken off leaves one that takes orders and has closed
    /// its port.
    /// </summary>
    public static async Task<bool> RouterServesAsync(SandboxRegion region, CancellationToken cancellation) =>
        await RouterRunsAsync(region, cancellation) && await AnswersAsync(region.HttpPort, cancellation);

    /// <summary>
    /// Whether a HAProxy with this region's configuration is alive, though it may take no orders any more: its port is
    /// nobody else's.
    /// </summary>
    public static bool RouterLives(SandboxRegion region)
    {
        var configuration = Path.Combine(region.HaproxyFolder, "haproxy.cfg");
        return Directory
            .EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Any(folder =>
                ReadLines($"{folder}/comm") is ["haproxy", ..]
                && ReadLines($"{folder}/cmdline") is [var arguments, ..]
                && arguments.Split('\0').Contains(configuration, StringComparer.Ordinal)
            );
    }

    /// <summary>Whether the process of the cluster's pid file runs, is PostgreSQL, and has the cluster's port.</summary>
    public bool DatabaseRuns()
    {
        var lines = ReadLines(Path.Combine(settings.DatabaseFolder, "data", "postmaster.pid"));
        return lines.Length >= 4
            && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && lines[3].Trim() == settings.DatabasePort.ToString(CultureInfo.InvariantCulture)
            // One that was killed keeps its name until it is collected.
            && Lives.Find(pid) is not null
            && ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/comm") is ["postgres", ..];
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return await ConnectsAsync(token => socket.ConnectAsync("127.0.0.1", port, token), cancellation);
    }

    private static async Task<bool> ConnectsAsync(
        Func<CancellationToken, ValueTask> connect,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            await connect(limit.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
