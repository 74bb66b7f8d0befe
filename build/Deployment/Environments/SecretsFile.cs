using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Slipway.Environments;

/// <summary>
/// Whether a <c>secrets.enc</c> is a SOPS file with nothing left in clear, told by its content, since SOPS knows no such
/// extension and any of its formats may stand there. Says never what the file holds.
/// </summary>
public static class SecretsFile
{
    public const string Expected = "a file encrypted by SOPS for age recipients";

    private const string Encrypted = "ENC[AES256_GCM,";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with the file, without its content; null when it is encrypted.</summary>
    public static string? Refusal(ReadOnlyMemory<byte> content)
    {
        if (content.IsEmpty)
            return "is empty";
        if (content.Length > ConfigurationParser.MaximumBytes)
            return $"has {content.Length} bytes";
        if (!Utf8.IsValid(content.Span))
            return "is not a SOPS file";
        var text = Encoding.UTF8.GetString(content.Span).TrimStart('\uFEFF');
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (text.TrimStart().StartsWith('{'))
            return JsonRefusal(text);
        if (lines.Any(line => line.StartsWith("sops_mac=", StringComparison.Ordinal)))
            return LinesRefusal(lines.Where(line => !line.StartsWith("sops_", StringComparison.Ordinal)), '=');
        if (lines.Any(line => line.Trim() == "[sops]"))
            return LinesRefusal(
                lines.TakeWhile(line => line.Trim() != "[sops]").Where(line => !line.StartsWith('[')),
                '='
            );
        return lines.Any(line => line.TrimEnd() == "sops:")
            ? LinesRefusal(
                lines.TakeWhile(line => line.TrimEnd() != "sops:").Where(line => line is not ("---" or "...")),
                ':'
            )
            : "is plain text";
    }

    /// <summary>The age recipients that the file names; they are not secret.</summary>
    public static ImmutableSortedSet<string> Recipients(ReadOnlyMemory<byte> content) =>
        content.Length > ConfigurationParser.MaximumBytes
            ? []
            :
            [
                .. Regex
                    .Matches(
                        Encoding.UTF8.GetString(content.Span),
                        "\\bage1[a-z0-9]{50,4000}\\b",
                        RegexOptions.None,
                        Patience
                    )
                    .Select(match => match.Value),
            ];

    private static string? JsonRefusal(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (!root.TryGetProperty("sops", out var metadata) || metadata.ValueKind != JsonValueKind.Object)
                return "is plain text";
            if (!IsEncrypted(metadata.TryGetProperty("mac", out var mac) ? mac : default))
                return "has no MAC";
            return root.EnumerateObject()
                .Where(member => !member.NameEquals("sops"))
                .All(member => IsEncrypted(member.Value))
                ? null
                : "holds values that are not encrypted";
        }
        catch (JsonException)
        {
            return "is neither plain JSON nor a SOPS file";
        }
    }

    private static bool IsEncrypted(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().All(member => IsEncrypted(member.Value)),
            JsonValueKind.Array => value.EnumerateArray().All(IsEncrypted),
            JsonValueKind.String => IsEncrypted(value.GetString()!),
            _ => false,
        };

    private static bool IsEncrypted(string value) =>
        value.StartsWith(Encrypted, StringComparison.Ordinal) && value.EndsWith(']');

    private static string? LinesRefusal(IEnumerable<string> lines, char separator)
    {
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            if (line.StartsWith('#') || line.StartsWith(';'))
                continue; // comments may be encrypted too; in clear they are for people
            var start = line.IndexOf(separator, StringComparison.Ordinal);
            var value = line[(start + 1)..].Trim().TrimStart('-').Trim();
            var isKeyOnly = start >= 0 && value.Length == 0 && separator == ':';
            if (!isKeyOnly && !IsEncrypted(value.Trim('"', '\'', '`')) && !IsListItem(line))
                return "holds values that are not encrypted";
        }
        return null;
    }

    private static bool IsListItem(string line) => line.StartsWith('-') && IsEncrypted(line.TrimStart('-').Trim());
}
