using System.Net;
using System.Net.Sockets;

namespace Slipway.Tools;

/// <param name="Result">The server's tag (<c>CREATE TABLE</c>, <c>UPDATE 5</c>), or its error.</param>
public sealed record StatementTiming(
    DateTimeOffset StartedAt,
    double Seconds,
    string Statement,
    string Result,
    bool Failed
);

/// <summary>
/// Stands between a migration tool and the server, on loopback, and measures every statement as it passes. No tool
/// tells how long a statement of a file took: the server answers a whole file at once. So inside a transaction the
/// statements of a message are sent one by one; outside of one, nothing is changed. Any tool can be watched, whatever it
/// is written in. Passwords pass and are not looked at.
/// </summary>
public sealed class StatementWatch : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly PostgresUrl _server;
    private readonly TimeProvider _time;
    private readonly Action<StatementTiming> _onStatement;
    private readonly Task _accepting;
    private readonly List<Task> _sessions = [];

    /// <param name="onStatement">Called one at a time, in the order in which statements end.</param>
    public StatementWatch(PostgresUrl server, TimeProvider time, Action<StatementTiming> onStatement)
    {
        _server = server;
        _time = time;
        var gate = new Lock();
        _onStatement = timing =>
        {
            lock (gate)
                onStatement(timing);
        };
        _listener.Start();
        Url = server with
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            // From here to the server it is encrypted as the URL says; to here it is loopback.
            Parameters = server
                .Parameters.RemoveRange(["sslrootcert", "sslcert", "sslkey", "channel_binding"])
                .SetItem("sslmode", "disable"),
        };
        _accepting = AcceptAsync();
    }

    /// <summary>What the tool is given instead of the server's URL.</summary>
    public PostgresUrl Url { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                _sessions.Add(ServeAsync(client));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var session = new WatchedSession(client.GetStream(), _server, _time, _onStatement);
                await session.RunAsync(_stop.Token);
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or SocketException)
            {
                // One side went away: the tool learns it from its own connection, which closes here.
            }
        }
    }
}
