using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <param name="StartedAt">Seconds since 1970.</param>
public sealed record HaproxyInfo(string Version, int ProcessId, long StartedAt)
{
    /// <summary>Identity of this life of HAProxy: its counters and its memory begin anew with another one.</summary>
    public string Epoch => $"{ProcessId}@{StartedAt}";
}

/// <summary>Talks to a running HAProxy through its admin socket.</summary>
public sealed class HaproxyRuntime(HaproxySettings settings)
{
    /// <summary>HAProxy reads a line into one buffer of 16 KiB.</summary>
    private const int LongestLine = 12_000;
    private const int LongestAnswer = 16 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What HAProxy says about an address although all is well.</summary>
    private static readonly ImmutableArray<string> Harmless =
    [
        "no need to change the addr",
        "no need to change the port",
        "no need to change both the addr and port",
        "IP changed from",
        "port changed from",
    ];

    public async Task<HaproxyInfo> ReadInfoAsync(CancellationToken cancellation) =>
        HaproxyAnswers.Info(await AskAsync(HaproxyCommands.ShowInfo, cancellation));

    public async Task<ImmutableArray<HaproxyServer>> ReadServersAsync(CancellationToken cancellation) =>
        HaproxyAnswers.Servers(await AskAsync(HaproxyCommands.ShowStat, cancellation));

    public async Task<Slot> ReadStableAsync(CancellationToken cancellation) =>
        HaproxyAnswers.Stable(await AskAsync(HaproxyCommands.ReadStable, cancellation));

    /// <summary>Which layout it has read; null for one of an earlier Slipway, which does not say.</summary>
    public async Task<string?> ReadLayoutAsync(CancellationToken cancellation) =>
        HaproxyAnswers.Layout(await AskAsync(HaproxyCommands.ReadLayout, cancellation));

    /// <summary>The latest requests that ended, as many as HAProxy's memory of them holds.</summary>
    public async Task<ImmutableArray<HaproxyRequest>> ReadRequestsAsync(CancellationToken cancellation) =>
        [
            .. (await AskAsync(HaproxyCommands.ShowRequests, cancellation))
                .Split('\n')
                .Select(HaproxyRequest.Parse)
                .OfType<HaproxyRequest>(),
        ];

    /// <summary>Gives the commands in as few lines as possible: HAProxy works a line off in one go.</summary>
    public async Task ApplyAsync(IReadOnlyList<string> commands, CancellationToken cancellation)
    {
        foreach (var line in Lines(commands))
        {
            var refused = (await AskAsync(line, cancellation))
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault(text => !Harmless.Any(text.StartsWith));
            if (refused is not null)
                throw new PipelineException($"the router refused a command: {refused}", next: NextCommand);
        }
    }

    private const string NextCommand = "./build.sh --target=SandboxUp";

    private static IEnumerable<string> Lines(IReadOnlyList<string> commands)
    {
        var line = new StringBuilder();
        foreach (var command in commands)
        {
            if (line.Length > 0 && line.Length + command.Length + 2 > LongestLine)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length > 0 ? "; " : "").Append(command);
        }
        if (line.Length > 0)
            yield return line.ToString();
    }

    private async Task<string> AskAsync(string line, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(settings.AdminSocket), limit.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), limit.Token);
            return await ReadAsync(stream, limit.Token);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw Dead(failure.Message, failure);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Dead($"no answer within {Patience.TotalSeconds:0} s", null);
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            answer.Write(buffer, 0, read);
            if (answer.Length > LongestAnswer)
                throw Dead("an answer without end", null);
        }
        // Every answer of HAProxy ends with an empty line; without one it died in the middle.
        if (answer.Length == 0)
            throw Dead("the connection ended without an answer", null);
        return Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }

    private PipelineException Dead(string detail, Exception? inner) =>
        new(
            $"the router does not answer at {settings.AdminSocket}: {detail}",
            $"HAProxy running with {settings.ConfigurationFile}",
            NextCommand,
            inner
        );
}
