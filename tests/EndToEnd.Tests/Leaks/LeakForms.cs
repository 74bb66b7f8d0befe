using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <param name="Kind">How the secret is written there.</param>
internal readonly record struct LeakForm(string Kind, string Text);

/// <summary>
/// How a secret shows up in something written. Made without the pipeline's own code: a form that the redactor forgets
/// must not be forgotten here for the same reason.
/// </summary>
internal static class LeakForms
{
    private const int Shortest = 10;

    public static IEnumerable<LeakForm> Of(string secret) => Parts(secret).SelectMany(Written).Distinct();

    /// <summary>The whole, each line (output comes line by line), and halves: a cut text may show one.</summary>
    private static IEnumerable<string> Parts(string secret)
    {
        yield return secret;
        var trimmed = secret.Trim();
        if (trimmed != secret)
            yield return trimmed;
        if (!trimmed.Contains('\n', StringComparison.Ordinal))
        {
            if (trimmed.Length >= 3 * Shortest)
            {
                yield return trimmed[..(trimmed.Length / 2)];
                yield return trimmed[(trimmed.Length / 2)..];
            }
            yield break;
        }
        foreach (var line in trimmed.Split('\n').Where(line => !line.StartsWith('-')))
            yield return line;
    }

    private static IEnumerable<LeakForm> Written(string part)
    {
        if (part.Length < Shortest)
            yield break;
        yield return new("plain", part);
        var url = Uri.EscapeDataString(part);
        yield return new("URL-encoded", url);
        yield return new("URL-encoded", LowerHex(url));
        // JavaScript leaves these as they are.
        yield return new(
            "URL-encoded",
            url.Replace("%27", "'", StringComparison.Ordinal).Replace("%2A", "*", StringComparison.Ordinal)
        );
        yield return new("form-encoded", WebUtility.UrlEncode(part));
        yield return new("JSON-escaped", Inner(JsonSerializer.Serialize(part, Relaxed)));
        yield return new(
            "JSON-escaped",
            Inner(JsonSerializer.Serialize(part, Relaxed))
                .Replace("<", "\\u003c", StringComparison.Ordinal)
                .Replace(">", "\\u003e", StringComparison.Ordinal)
                .Replace("&", "\\u0026", StringComparison.Ordinal)
        );
        var json = JsonEncodedText.Encode(part).ToString();
        yield return new("JSON-escaped", json);
        yield return new("JSON in JSON", JsonEncodedText.Encode(json).ToString());
        yield return new(
            "JSON in JSON",
            Inner(JsonSerializer.Serialize(Inner(JsonSerializer.Serialize(part, Relaxed)), Relaxed))
        );
        yield return new("a URL in a URL", Uri.EscapeDataString(url));
        yield return new("JSON in a URL", Uri.EscapeDataString(json));
        yield return new("HTML-escaped", WebUtility.HtmlEncode(part));
        for (var before = 0; before < 3; before++)
        {
            var text = Base64(part, before);
            yield return new($"base64, {before} bytes before it", text);
            yield return new($"base64url, {before} bytes before it", text.Replace('+', '-').Replace('/', '_'));
        }
    }

    /// <summary>The characters of base64 that depend on the secret alone, whatever stands before and after it.</summary>
    private static string Base64(string part, int before)
    {
        byte[] bytes = [.. new byte[before], .. Encoding.UTF8.GetBytes(part)];
        var start = (before * 8 + 5) / 6;
        var end = bytes.Length * 8 / 6;
        return Convert.ToBase64String(bytes)[start..end];
    }

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Inner(string quoted) => quoted[1..^1];

    private static string LowerHex(string url) =>
        System.Text.RegularExpressions.Regex.Replace(url, "%[0-9A-F]{2}", found => found.Value.ToLowerInvariant());
}
