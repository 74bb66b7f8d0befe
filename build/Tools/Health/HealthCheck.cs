using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Tools;

/// <summary>Asks one <c>/health</c>: 200, <c>status</c> "healthy" and the expected <c>version</c>, as the guide writes them.</summary>
public sealed partial class HealthCheck(HttpMessageInvoker http, TimeProvider time)
{
    private const int LongestBody = 64 * 1024;

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <param name="expected">Null: any version will do.</param>
    public async Task<HealthReading> AskAsync(
        string service,
        Uri url,
        ProjectVersion? expected,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await http.SendAsync(request, limit.Token);
            var body = await BoundedBody.ReadAsync(response.Content, LongestBody, limit.Token);
            return Judge(service, response.StatusCode, body.Text, expected, Elapsed());
        }
        catch (HttpRequestException failure)
        {
            return new(service, false, null, null, Elapsed(), $"no answer: {failure.Message}");
        }
        catch (IOException failure)
        {
            return new(service, false, null, null, Elapsed(), $"the answer broke off: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var waited = Patience.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            return new(service, false, null, null, Elapsed(), $"no answer within {waited} s");
        }

        double Elapsed() => time.GetElapsedTime(started).TotalMilliseconds;
    }

    internal static HealthReading Judge(
        string service,
        HttpStatusCode statusCode,
        string body,
        ProjectVersion? expected,
        double milliseconds
    )
    {
        var (status, version) = Parse(body);
        var trouble =
            statusCode != HttpStatusCode.OK
                ? $"answers {(int)statusCode}{(status is null ? "" : $", status {Shown(status)}")}"
            : status is null ? "answers 200 without a status in JSON"
            : status != "healthy" ? $"says its status is {Shown(status)}, not \"healthy\""
            : expected is not null && !IsSame(version, expected)
                ? $"says version {version ?? "nothing"}, expected {expected.Number}"
            : null;
        return new(service, trouble is null, (int)statusCode, version, milliseconds, trouble ?? "healthy");
    }

    private static bool IsSame(string? said, ProjectVersion expected) =>
        said == expected.Number || said == expected.Semver || said == expected.FullVersion;

    private static (string? Status, string? Version) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (
                    Text(json.RootElement, "status"),
                    Text(json.RootElement, "version") is { } version ? Plain(version) : null
                )
                : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>
    /// What a service says is shown to people where it is a word like the expected one. Anything else may be what it
    /// should not tell (a connection URL in an error), and a cut of it could not be recognised as a secret.
    /// </summary>
    private static string Shown(string text) => Word().IsMatch(text) ? $"\"{text}\"" : Plain(text);

    private static string Plain(string text) => Word().IsMatch(text) ? text : $"a text of {text.Length} characters";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9 ._+-]{0,39}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}

/// <param name="IsWhole">False when there was more than the limit.</param>
internal readonly record struct BoundedBody(string Text, bool IsWhole)
{
    /// <summary>Reads at most <paramref name="limit"/> bytes: an endless answer costs nothing.</summary>
    public static async Task<BoundedBody> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[limit];
        var length = await stream.ReadAtLeastAsync(buffer, limit, throwOnEndOfStream: false, cancellation);
        var whole = length < limit || await stream.ReadAsync(new byte[1], cancellation) == 0;
        return new(Encoding.UTF8.GetString(buffer, 0, length), whole);
    }
}
