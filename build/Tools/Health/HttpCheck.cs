using System.Globalization;
using Slipway.Environments;
using Slipway.Smoke;
using Slipway.Versions;

namespace Slipway.Tools;

/// <summary>Smoke checks through the public URL, as a user would meet the product.</summary>
public sealed class HttpCheck(HttpMessageInvoker http, TimeProvider time)
{
    private const int LongestBody = 1024 * 1024;
    private const int MostRedirects = 5;

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A service's health through the router: status, and that the version is the one just deployed.</summary>
    public async Task<SmokeCheck> HealthAsync(
        Uri publicUrl,
        ServiceSettings service,
        ProjectVersion? expected,
        CancellationToken cancellation
    )
    {
        var url = new Uri(publicUrl, service.HealthPath);
        var reading = await new HealthCheck(http, time) { Patience = Patience }.AskAsync(
            service.Name,
            url,
            expected,
            cancellation
        );
        return new(service.Name, SmokeKind.Health, Shown(url), reading.Healthy, reading.Detail, reading.Milliseconds);
    }

    /// <summary>A critical endpoint: method, status, what the body holds. Follows redirects within the product only.</summary>
    public async Task<SmokeCheck> EndpointAsync(Uri publicUrl, SmokeEndpoint endpoint, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var url = new Uri(publicUrl, endpoint.Path);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        string? trouble;
        try
        {
            trouble = await AskAsync(publicUrl, url, endpoint, limit.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            trouble = $"no answer: {failure.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            trouble = $"no answer within {Patience.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";
        }
        var milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
        var detail = trouble ?? $"answers {endpoint.ExpectedStatus}";
        return new(endpoint.Name, SmokeKind.Endpoint, Shown(url), trouble is null, detail, milliseconds);
    }

    /// <summary>What is wrong, or null.</summary>
    private async Task<string?> AskAsync(Uri home, Uri url, SmokeEndpoint endpoint, CancellationToken cancellation)
    {
        if (!IsWithin(home, url))
            return $"leads away from {home.Authority}";
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), url);
            using var response = await http.SendAsync(request, cancellation);
            var status = (int)response.StatusCode;
            if (status == endpoint.ExpectedStatus)
                return await BodyTroubleAsync(response, endpoint, cancellation);
            if (status is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                return $"answers {status}, expected {endpoint.ExpectedStatus}";
            url = new Uri(url, location);
            if (!IsWithin(home, url))
                return $"redirects to {url.Authority}, away from {home.Authority}";
        }
        return $"redirects more than {MostRedirects} times";
    }

    private static async Task<string?> BodyTroubleAsync(
        HttpResponseMessage response,
        SmokeEndpoint endpoint,
        CancellationToken cancellation
    )
    {
        if (endpoint.BodyContains is not { } wanted)
            return null;
        var body = await BoundedBody.ReadAsync(response.Content, LongestBody, cancellation);
        return body.Text.Contains(wanted, StringComparison.Ordinal)
            ? null
            : $"answers {endpoint.ExpectedStatus}, but its body{(body.IsWhole ? "" : " (its first MiB)")} does not hold \"{wanted}\"";
    }

    private static bool IsWithin(Uri home, Uri url) =>
        url.Scheme == home.Scheme && string.Equals(url.Authority, home.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Without the user and the query of a URL: either may be a secret.</summary>
    private static string Shown(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}

/// <summary>Connections for checks: no proxy, no redirect followed by itself, no cookie kept, nothing buffered.</summary>
public static class CheckConnections
{
    public static HttpMessageInvoker Open() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                // Each check meets the router's present weights and the instance that is there now.
                PooledConnectionLifetime = TimeSpan.Zero,
                MaxResponseHeadersLength = 64,
            }
        );
}
