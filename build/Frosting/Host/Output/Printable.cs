using System.Text;

namespace Slipway.Host;

/// <summary>Text from outside, made safe for a terminal: it cannot move the cursor, change the title or ring the bell.</summary>
internal static class Printable
{
    private const char Escape = '\u001b';

    /// <summary>A line without control characters and escape sequences. Tabs stay; colours stay where asked.</summary>
    public static string Line(string text, bool keepColours)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        var coloured = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == Escape)
            {
                var end = EndOfSequence(text, i);
                if (keepColours && end < text.Length && text[end] == 'm' && text[i + 1] == '[')
                {
                    clean.Append(text, i, end - i + 1);
                    coloured = true;
                }

                i = end;
            }
            else if (c == '\t' || !char.IsControl(c))
            {
                clean.Append(c);
            }
        }

        return coloured ? clean.Append("\u001b[0m").ToString() : clean.ToString();
    }

    /// <summary>A word as it stands where it is plain, else in quotes with everything unusual escaped; never longer than a line.</summary>
    public static string Quoted(string text)
    {
        var shown = text.Length > 100 ? text[..100] + "…" : text;
        if (shown.Length > 0 && shown.All(c => !char.IsControl(c) && !char.IsWhiteSpace(c) && c != '"'))
        {
            return shown;
        }

        var quoted = new StringBuilder("\"");
        foreach (var c in shown)
        {
            quoted.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ when char.IsControl(c) => $"\\u{(int)c:x4}",
                    _ => c.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>The index of the last character of the sequence that begins at <paramref name="start"/>.</summary>
    private static int EndOfSequence(string text, int start)
    {
        if (start + 1 >= text.Length)
        {
            return start;
        }

        switch (text[start + 1])
        {
            case '[':
                for (var i = start + 2; i < text.Length; i++)
                {
                    if (text[i] is >= '@' and <= '~')
                    {
                        return i;
                    }
                }

                return text.Length - 1;
            case ']' or 'P' or '_' or '^' or 'X':
                for (var i = start + 2; i < text.Length; i++)
                {
                    if (text[i] == '\a')
                    {
                        return i;
                    }

                    if (text[i] == Escape && i + 1 < text.Length && text[i + 1] == '\\')
                    {
                        return i + 1;
                    }
                }

                return text.Length - 1;
            default:
                return start + 1;
        }
    }
}
