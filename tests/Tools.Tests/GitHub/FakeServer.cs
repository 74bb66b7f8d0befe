using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Tools.Tests;

internal sealed record FakeRequest(string Method, string PathAndQuery, string? Authorization, string Body);

internal sealed record FakeAnswer(int Status, string Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>In place of the body, where it is no text.</summary>
    public byte[]? Bytes { get; init; }
}

/// <summary>An HTTP server on loopback that answers as a test says, and remembers what it was asked.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<FakeRequest, FakeAnswer> _answer;
    private readonly Task _serving;

    public FakeServer(Func<FakeRequest, FakeAnswer> answer)
    {
        _answer = answer;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var request = new FakeRequest(
                context.Request.HttpMethod,
                context.Request.Url!.PathAndQuery,
                context.Request.Headers["Authorization"],
                await reader.ReadToEndAsync()
            );
            Requests.Enqueue(request);
            var answer = _answer(request);
            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
                context.Response.Headers[name] = value;
            await context.Response.OutputStream.WriteAsync(answer.Bytes ?? Encoding.UTF8.GetBytes(answer.Body));
            context.Response.Close();
        }
    }
}

/// <summary>A clock whose timers fire at once: a wait is over as soon as it begins, a limit is never reached.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Limits of a request are 15 s and more and are not waits; those are left to the real clock.
        if (dueTime >= TimeSpan.FromSeconds(15) || dueTime < TimeSpan.Zero)
            return base.CreateTimer(callback, state, dueTime, period);
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
