namespace Slipway.Tools;

/// <summary>A connection to services of others (GitHub, Slack): bounded in time, no redirects to elsewhere.</summary>
public sealed class HttpConnection : IDisposable
{
    public HttpClient Client { get; } =
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose() => Client.Dispose();
}
