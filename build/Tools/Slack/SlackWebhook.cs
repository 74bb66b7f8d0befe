using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>Posts messages to a Slack webhook. Its URL is the key to the channel, so no error names it.</summary>
public sealed class SlackWebhook(HttpClient http, TimeProvider time)
{
    private const int Attempts = 3;
    private const int LongestText = 39_000; // Slack cuts at 40,000 characters
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Text from outside, so that it is shown and not read as a link or a mention.</summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <param name="text">Slack's own markup; what comes from outside went through <see cref="Escape"/>.</param>
    /// <exception cref="PipelineException">Not sent; says why, never where to.</exception>
    public async Task SendAsync(Secret url, string text, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var target) || !IsAllowed(target))
            throw new PipelineException("the Slack webhook is no https URL", "https://hooks.slack.com/services/…");
        var message = text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "…") : text;
        var payload = JsonSerializer.Serialize(new { text = message });
        for (var attempt = 1; ; attempt++)
        {
            var (problem, wait) = await TrySendAsync(target, payload, cancellation);
            if (problem is null)
                return;
            if (wait is null || attempt == Attempts)
                throw new PipelineException($"the Slack message was not sent: {problem}");
            var delay = wait > TimeSpan.Zero ? wait.Value : TimeSpan.FromSeconds(attempt);
            await Task.Delay(delay < LongestWait ? delay : LongestWait, time, cancellation);
        }
    }

    private static bool IsAllowed(Uri target) =>
        target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && target.IsLoopback);

    /// <summary>A wait of null: trying again does not help.</summary>
    private async Task<(string? Problem, TimeSpan? Wait)> TrySendAsync(
        Uri target,
        string payload,
        CancellationToken cancellation
    )
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var content = new StringContent(payload, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(target, content, stop.Token);
            if (response.IsSuccessStatusCode)
                return (null, null);
            var transient = response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
            return (
                $"Slack answered {(int)response.StatusCode}",
                transient ? response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero : null
            );
        }
        catch (HttpRequestException broken)
        {
            return ($"the connection failed ({broken.HttpRequestError})", TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ($"no answer within {Limit.TotalSeconds:0} s", TimeSpan.Zero);
        }
    }
}
