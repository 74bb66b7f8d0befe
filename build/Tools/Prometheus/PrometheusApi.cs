namespace Slipway.Tools;

/// <summary>
/// Prometheus's HTTP query API. Whatever goes wrong (nobody there, too slow, too much, an error, half an answer) is an
/// answer with a problem, never an exception: a source of metrics that is down must not end a rollout.
/// </summary>
public sealed class PrometheusApi(HttpMessageInvoker http, Uri url, TimeProvider time)
{
    /// <summary>An answer that is longer is not read to its end: its query does not add up by instance.</summary>
    public int LongestAnswer { get; init; } = 8 * 1024 * 1024;

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(8);

    public async Task<PrometheusAnswer> QueryAsync(string question, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint)
            {
                // As a form: too long for a URL. partial_response is for Thanos: all or nothing.
                Content = new FormUrlEncodedContent([
                    new("query", question),
                    new("timeout", $"{(int)Math.Ceiling(Patience.TotalSeconds)}s"),
                    new("partial_response", "false"),
                ]),
            };
            request.Headers.Accept.Add(new("application/json"));
            using var response = await http.SendAsync(request, stop.Token);
            // Errors of the query come as JSON with a status of 4xx or 5xx; a proxy's page is no JSON.
            if (response.Content.Headers.ContentType?.MediaType != "application/json")
                return PrometheusAnswer.Failed($"{Endpoint} answers {(int)response.StatusCode} without JSON");
            return await ReadAsync(response.Content, stop.Token) is { } body
                ? PrometheusAnswer.Parse(body)
                : PrometheusAnswer.Failed($"the answer is longer than {LongestAnswer} bytes");
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or IOException)
        {
            return PrometheusAnswer.Failed($"{Endpoint} does not answer: {unanswered.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return PrometheusAnswer.Failed($"{Endpoint} does not answer within {Patience.TotalSeconds:0.#} s");
        }
    }

    private Uri Endpoint { get; } =
        new(url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/"), "api/v1/query");

    /// <summary>Null when it is too long.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > LongestAnswer)
            return null;
        await using var body = await content.ReadAsStreamAsync(cancellation);
        using var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (kept.Length + read > LongestAnswer)
                return null;
            kept.Write(buffer, 0, read);
        }
        return kept.ToArray();
    }
}
