using System.Text;

namespace Slipway.Reports;

/// <summary>Text from outside, made harmless for Markdown: it shows as it is and starts nothing.</summary>
internal static class MarkdownText
{
    /// <summary>For running text and table cells, on one line.</summary>
    public static string Of(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var character in text)
            safe.Append(
                character switch
                {
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '&' => "&amp;",
                    '@' => "&#64;", // mentions nobody
                    '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '~' or '!' => $"\\{character}",
                    _ when char.IsControl(character) => " ",
                    _ => character.ToString(),
                }
            );
        return safe.ToString();
    }

    /// <summary>A code span, also fit for a table cell.</summary>
    public static string Code(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))
            .Replace("|", "\\|", StringComparison.Ordinal);
        var fence = new string('`', LongestRun(line) + 1);
        var padding = line.StartsWith('`') || line.EndsWith('`') ? " " : "";
        return line.Length == 0 ? "" : fence + padding + line + padding + fence;
    }

    /// <summary>A fenced block that nothing inside can close.</summary>
    public static string Block(string text, string language = "")
    {
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        var safe = string.Concat(text.ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c)));
        return $"{fence}{language}\n{safe.TrimEnd('\n')}\n{fence}\n";
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
