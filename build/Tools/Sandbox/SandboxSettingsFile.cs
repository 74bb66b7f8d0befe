using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Slipway.Tools;

/// <summary><c>sandbox.auto.tfvars.json</c>: the ports of a sandbox, chosen once and kept.</summary>
public sealed class SandboxSettingsFile(SandboxRoot root, string scripts)
{
    public const string Name = "sandbox.auto.tfvars.json";

    /// <summary>Below the range from which the kernel takes ports for outgoing connections.</summary>
    private const int FirstPort = 20_000;
    private const int PortCount = 12_000;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private string Location => Path.Combine(root.Location, Name);

    /// <summary>Null before the first <see cref="EnsureAsync"/>, or when the file is damaged.</summary>
    public async Task<SandboxSettings?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(Location);
            var read = await JsonSerializer.DeserializeAsync<SandboxSettings>(file, Json, cancellation);
            return
                read is { HttpPort: > 0 and < 65536, DatabasePort: > 0 and < 65536 }
                && read.HttpPort != read.DatabasePort
                ? read with
                {
                    Root = root.Location,
                    Scripts = scripts,
                }
                : null;
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The sandbox's settings. A port that another program took while the part of the sandbox that had it was down is
    /// replaced by a free one.
    /// </summary>
    public async Task<SandboxSettings> EnsureAsync(CancellationToken cancellation)
    {
        var before = await ReadAsync(cancellation);
        var parts = before is null ? null : new SandboxParts(before);
        var http =
            before is not null
            && (IsFree(before.HttpPort) || parts!.RouterLives() || await parts.RouterRunsAsync(cancellation))
                ? before.HttpPort
                : ChoosePort("http", before?.DatabasePort ?? 0);
        var database =
            before is not null && (IsFree(before.DatabasePort) || parts!.DatabaseRuns())
                ? before.DatabasePort
                : ChoosePort("database", http);
        var settings = new SandboxSettings(root.Location, scripts, http, database);
        await WriteAsync(settings, cancellation);
        return settings;
    }

    private async Task WriteAsync(SandboxSettings settings, CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(settings, Json);
        if (
            File.Exists(Location)
            && (await File.ReadAllBytesAsync(Location, cancellation)).AsSpan().SequenceEqual(bytes)
        )
            return;
        var temporary = $"{Location}.{Path.GetRandomFileName()}";
        await File.WriteAllBytesAsync(temporary, bytes, cancellation);
        File.Move(temporary, Location, overwrite: true);
    }

    /// <summary>Begins at a place that the checkout's folder decides, so that two checkouts seldom meet at all.</summary>
    private int ChoosePort(string purpose, int except)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{root.Location}#{purpose}"));
        var start = BitConverter.ToUInt16(hash) % PortCount;
        return Enumerable
            .Range(0, PortCount)
            .Select(step => FirstPort + ((start + step) % PortCount))
            .First(port => port != except && IsFree(port));
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
