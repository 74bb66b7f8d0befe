using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Tools.Tests.Maestro;

/// <summary>One page on a free loopback port.</summary>
internal sealed class TinySite : IDisposable
{
    private const string _page = """
        <!doctype html><html lang="en"><title>Tiny</title><body>
        <h1>Hello</h1>
        <button id="go" onclick="document.getElementById('said').textContent = 'You pressed it'">Press</button>
        <p id="said"></p><footer>Version 1.2.3</footer></body></html>
        """;

    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public TinySite()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait(TimeSpan.FromSeconds(5));
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                context.Response.ContentType = "text/html";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(_page));
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException) { }
    }
}
