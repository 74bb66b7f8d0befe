using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <param name="Headers">Name: value, one per line, without what authenticates the request.</param>
internal sealed record ReceivedRequest(string Method, string Path, string Headers, string Body);

internal sealed record Answer(int Status, string Body, params (string Name, string Value)[] Headers);

/// <summary>A server of somebody else (GitHub, Slack) that remembers what it was sent.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<ReceivedRequest, Answer> _answer;
    private readonly Task _serving;

    public LoopbackServer(Func<ReceivedRequest, Answer> answer)
    {
        _answer = answer;
        Url = new Uri($"http://127.0.0.1:{FreePort()}/");
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    public ConcurrentQueue<ReceivedRequest> Received { get; } = new();

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait(TimeSpan.FromSeconds(5));
        _listener.Close();
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
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var request = new ReceivedRequest(
                context.Request.HttpMethod,
                context.Request.RawUrl ?? "",
                string.Join(
                    '\n',
                    context
                        .Request.Headers.AllKeys.Where(name => name != "Authorization")
                        .Select(name => $"{name}: {context.Request.Headers[name]}")
                ),
                await reader.ReadToEndAsync()
            );
            Received.Enqueue(request);
            var answer = _answer(request);
            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
                context.Response.Headers[name] = value;
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(answer.Body), willBlock: false);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
