using System.Text;

namespace Slipway.Versions;

/// <summary>Text from outside, made fit for a message: in quotes, on one line, without control characters, not too long.</summary>
public static class QuotedText
{
    private const int Longest = 80;

    public static string Of(string? text) => text is null ? "nothing" : $"\"{Plain(text)}\"";

    /// <summary>The same without the quotes.</summary>
    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
                return shown.Append('…').ToString();
            var category = Rune.GetUnicodeCategory(rune);
            var hidden =
                Rune.IsControl(rune)
                || category
                    is System.Globalization.UnicodeCategory.Format
                        or System.Globalization.UnicodeCategory.LineSeparator
                        or System.Globalization.UnicodeCategory.ParagraphSeparator;
            shown.Append(
                hidden ? $"\\u{rune.Value:x4}"
                : rune.Value == '"' ? "\\\""
                : rune.ToString()
            );
        }
        return shown.ToString();
    }
}
