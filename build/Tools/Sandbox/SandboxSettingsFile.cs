using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

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
            var read = await JsonSerializer.DeserializeAsync<Written>(file, Json, cancellation);
            // One port, as it was written before there were regions.
            var ports =
                read?.HttpPorts
                ?? (
                    read?.HttpPort is { } only
                        ? new Dictionary<string, int>(StringComparer.Ordinal) { [SandboxSettings.NoRegion] = only }
                        : null
                );
            return
                read is not null
                && ports is { Count: > 0 }
                && ports.Keys.All(IsRegion)
                && ports.Values.Append(read.DatabasePort).All(port => port is > 0 and < 65536)
                && ports.Values.Append(read.DatabasePort).Distinct().Count() == ports.Count + 1
                ? new(
                    root.Location,
                    scripts,
                    ports.ToImmutableSortedDictionary(StringComparer.Ordinal),
                    read.DatabasePort
                )
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
    /// <param name="regions">One null without regions.</param>
    public async Task<SandboxSettings> EnsureAsync(ImmutableArray<string?> regions, CancellationToken cancellation)
    {
        var before = await ReadAsync(cancellation);
        var parts = before is null ? null : new SandboxParts(before);
        var ports = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var region in regions)
        {
            var key = region ?? SandboxSettings.NoRegion;
            ports[key] =
                before is not null
                && before.HttpPorts.TryGetValue(key, out var kept)
                && (
                    IsFree(kept)
                    || SandboxParts.RouterLives(before.In(region))
                    || await SandboxParts.RouterRunsAsync(before.In(region), cancellation)
                )
                    ? kept
                    : ChoosePort(
                        region is null ? "http" : $"http#{region}",
                        [.. ports.Values, .. before?.HttpPorts.Values ?? [], before?.DatabasePort ?? 0]
                    );
        }
        var database =
            before is not null && (parts!.DatabaseRuns() || await IsFreeSoonAsync(before.DatabasePort, cancellation))
                ? before.DatabasePort
                : ChoosePort("database", [.. ports.Values]);
        var settings = new SandboxSettings(root.Location, scripts, ports.ToImmutable(), database);
        await WriteAsync(settings, cancellation);
        return settings;
    }

    /// <summary>
    /// The settings as they are, written anew because an older version of this program may have written them in other
    /// words; null when there are none. No port changes, whatever does not run just now.
    /// </summary>
    public async Task<SandboxSettings?> KeepAsync(CancellationToken cancellation)
    {
        var settings = await ReadAsync(cancellation);
        if (settings is not null)
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
    private int ChoosePort(string purpose, ImmutableArray<int> except)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{root.Location}#{purpose}"));
        var start = BitConverter.ToUInt16(hash) % PortCount;
        return Enumerable
            .Range(0, PortCount)
            .Select(step => FirstPort + ((start + step) % PortCount))
            .First(port => !except.Contains(port) && IsFree(port));
    }

    private static bool IsRegion(string key) => key.Length > 0 && key.All(c => char.IsAsciiLetterLower(c) || c == '-');

    /// <summary>The file as any version of this program has written it.</summary>
    private sealed record Written(
        [property: JsonPropertyName("http_ports")] Dictionary<string, int>? HttpPorts,
        [property: JsonPropertyName("http_port")] int? HttpPort,
        [property: JsonPropertyName("database_port")] int DatabasePort
    );

    /// <summary>A server that was killed leaves children that hold its port for a moment.</summary>
    private static async Task<bool> IsFreeSoonAsync(int port, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (IsFree(port))
                return true;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
        return false;
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
