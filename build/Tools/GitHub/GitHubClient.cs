using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// GitHub's REST API: JSON in pages, bounded retries for named transient failures (5xx, 429, rate limits, broken
/// connections, time-outs). The token goes to the API's own host alone and stands in no message.
/// </summary>
/// <param name="api">e.g. <c>https://api.github.com</c>, or what <c>GITHUB_API_URL</c> says.</param>
public sealed class GitHubClient(HttpClient http, Uri api, Secret token, TimeProvider time)
{
    private const int Attempts = 4;
    private const int MostPages = 50;
    private const int LargestPage = 32 * 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly Uri _api = new(api.AbsoluteUri.TrimEnd('/') + "/");
    private int _retries;

    /// <summary>How often a request was repeated so far; for the report.</summary>
    public int Retries => _retries;

    /// <summary>All pages of a listing, in order.</summary>
    /// <param name="path">Relative to the API, e.g. <c>repos/o/r/commits/sha/check-runs?per_page=100</c>.</param>
    /// <exception cref="PipelineException">Refused, not found, or still failing after the retries.</exception>
    public async Task<IReadOnlyList<JsonElement>> GetPagesAsync(string path, CancellationToken cancellation)
    {
        var pages = new List<JsonElement>();
        Uri? next = new(_api, path);
        while (next is not null)
        {
            if (pages.Count == MostPages)
                throw new PipelineException($"GitHub's answer to {path} has more than {MostPages} pages");
            (var page, next) = await GetAsync(next, cancellation);
            pages.Add(page);
        }
        return pages;
    }

    private async Task<(JsonElement Page, Uri? Next)> GetAsync(Uri url, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (page, next, failure, wait) = await TryGetAsync(url, cancellation);
            if (failure is null)
                return (page, next);
            if (wait is null || attempt == Attempts)
                throw failure;
            Interlocked.Increment(ref _retries);
            var delay = wait > TimeSpan.Zero ? wait.Value : TimeSpan.FromSeconds(Math.Pow(2, attempt - 1));
            await Task.Delay(delay < LongestWait ? delay : LongestWait, time, cancellation);
        }
    }

    /// <summary>A wait of null: not transient. Zero: transient, and GitHub says no time.</summary>
    private async Task<(JsonElement Page, Uri? Next, PipelineException? Failure, TimeSpan? Wait)> TryGetAsync(
        Uri url,
        CancellationToken cancellation
    )
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Accept.ParseAdd("application/vnd.github+json");
            request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
            request.Headers.UserAgent.ParseAdd("slipway");
            if (!token.IsEmpty)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            if (!response.IsSuccessStatusCode)
                return (default, null, await RefusedAsync(url, response, stop.Token), WaitFor(response));
            await using var body = await response.Content.ReadAsStreamAsync(stop.Token);
            var json = await ReadAsync(body, url, stop.Token);
            return (json, Next(response), null, null);
        }
        catch (HttpRequestException broken)
        {
            return (default, null, Failed(url, $"the connection failed ({broken.HttpRequestError})"), TimeSpan.Zero);
        }
        catch (IOException)
        {
            return (default, null, Failed(url, "the connection broke"), TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (default, null, Failed(url, $"no answer within {Limit.TotalSeconds:0} s"), TimeSpan.Zero);
        }
    }

    private static async Task<JsonElement> ReadAsync(Stream body, Uri url, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await body.ReadAsync(buffer, cancellation)) > 0; )
        {
            content.Write(buffer, 0, count);
            if (content.Length > LargestPage)
                throw Failed(url, $"the answer is larger than {LargestPage} bytes");
        }
        try
        {
            using var document = JsonDocument.Parse(content.GetBuffer().AsMemory(0, (int)content.Length));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Failed(url, "the answer is not JSON");
        }
    }

    /// <summary>The next page, but never on another host: the token would go there.</summary>
    private Uri? Next(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var values))
            return null;
        foreach (var link in values.SelectMany(value => value.Split(',')))
        {
            var parts = link.Split(';', StringSplitOptions.TrimEntries);
            if (
                !parts.Contains("rel=\"next\"")
                || !Uri.TryCreate(parts[0].Trim('<', '>'), UriKind.Absolute, out var next)
            )
                continue;
            return
                Uri.Compare(
                    next,
                    _api,
                    UriComponents.SchemeAndServer,
                    UriFormat.Unescaped,
                    StringComparison.OrdinalIgnoreCase
                ) == 0
                ? next
                : throw Failed(next, "the next page is on another host");
        }
        return null;
    }

    private TimeSpan? WaitFor(HttpResponseMessage response)
    {
        var limited =
            response.StatusCode == HttpStatusCode.TooManyRequests
            || (
                response.StatusCode == HttpStatusCode.Forbidden
                && (
                    response.Headers.RetryAfter is not null
                    || (
                        response.Headers.TryGetValues("x-ratelimit-remaining", out var left)
                        && left.FirstOrDefault() == "0"
                    )
                )
            );
        if (!limited && (int)response.StatusCode < 500)
            return null;
        var after = response.Headers.RetryAfter;
        return after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : TimeSpan.Zero);
    }

    private static async Task<PipelineException> RefusedAsync(
        Uri url,
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        var what = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var start = new byte[4096];
        var count = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        try
        {
            using var json = JsonDocument.Parse(start.AsMemory(0, count));
            if (json.RootElement.TryGetProperty("message", out var message))
                what += $" ({message.GetString()})";
        }
        catch (Exception notAnError) when (notAnError is JsonException or InvalidOperationException)
        {
            // A proxy's page instead of GitHub's own words: the status says enough.
        }
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => Failed(url, what, "GITHUB_TOKEN is wrong or has expired"),
            HttpStatusCode.Forbidden => Failed(
                url,
                what,
                "give the token the permissions checks: read and statuses: read"
            ),
            HttpStatusCode.NotFound => Failed(
                url,
                what,
                "see that repository and commit are on GitHub, and that the token may read them"
            ),
            _ => Failed(url, what),
        };
    }

    private static PipelineException Failed(Uri url, string what, string? next = null) =>
        new($"GitHub did not answer GET {url.GetLeftPart(UriPartial.Path)}: {what}", next: next);
}
