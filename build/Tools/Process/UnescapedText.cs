using System.Globalization;
using System.Net;
using System.Text;

namespace Slipway.Tools;

/// <summary>
/// A text with its escapes undone, so that a secret is found however a program has escaped it: every language leaves other
/// characters as they are, and a list of their ways is never complete.
/// </summary>
internal sealed class UnescapedText
{
    private delegate int Escape(string text, int at, StringBuilder undone);

    private readonly List<int> _places;

    private UnescapedText(string text, Escape escape)
    {
        var undone = new StringBuilder(text.Length);
        _places = new(text.Length + 1);
        for (var at = 0; at < text.Length; )
        {
            var before = undone.Length;
            var taken = escape(text, at, undone);
            if (taken == 0)
                undone.Append(text[at]);
            for (var i = before; i < undone.Length; i++)
                _places.Add(at);
            at += Math.Max(taken, 1);
        }
        _places.Add(text.Length);
        Text = undone.ToString();
    }

    private UnescapedText(UnescapedText outer, UnescapedText inner)
    {
        _places = [.. inner._places.Select(outer.PlaceOf)];
        Text = inner.Text;
    }

    public string Text { get; }

    /// <summary>Where in the text as it was written the character at <paramref name="index"/> begins; for the length: its end.</summary>
    public int PlaceOf(int index) => _places[index];

    /// <summary>
    /// One reading for each way of escaping whose mark the text holds, and for two ways one in the other: a log line in
    /// JSON that quotes an answer in JSON, a URL in it.
    /// </summary>
    public static IEnumerable<UnescapedText> Of(string text)
    {
        foreach (var outer in Once(text).Where(outer => outer.Text != text))
        {
            yield return outer;
            foreach (var inner in Once(outer.Text).Where(inner => inner.Text != outer.Text))
                yield return new(outer, inner);
        }
    }

    /// <summary>URL, form, backslash, HTML.</summary>
    private static IEnumerable<UnescapedText> Once(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal))
            yield return new(text, Percent);
        if (text.Contains('+', StringComparison.Ordinal))
            yield return new(text, Form);
        if (text.Contains('\\', StringComparison.Ordinal))
            yield return new(text, Backslash);
        if (text.Contains('&', StringComparison.Ordinal))
            yield return new(text, Entity);
    }

    private static int Form(string text, int at, StringBuilder undone)
    {
        if (text[at] != '+')
            return Percent(text, at, undone);
        undone.Append(' ');
        return 1;
    }

    /// <summary>One character, which may be several bytes: <c>%C3%BC</c>.</summary>
    private static int Percent(string text, int at, StringBuilder undone)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        while (
            count < bytes.Length
            && at + (3 * count) < text.Length
            && text[at + (3 * count)] == '%'
            && Hex(text, at + (3 * count) + 1, 2) is { } value
        )
            bytes[count++] = (byte)value;
        if (count == 0)
            return 0;
        Rune.DecodeFromUtf8(bytes[..count], out var rune, out var used);
        undone.Append(rune.ToString());
        return 3 * used;
    }

    /// <summary>As JSON does it, and the quoted strings of most languages.</summary>
    private static int Backslash(string text, int at, StringBuilder undone)
    {
        if (text[at] != '\\' || at + 1 == text.Length)
            return 0;
        switch (text[at + 1])
        {
            case 'u' when Hex(text, at + 2, 4) is { } unit:
                undone.Append((char)unit);
                return 6;
            case 'x' when Hex(text, at + 2, 2) is { } unit:
                undone.Append((char)unit);
                return 4;
            case 'n':
                undone.Append('\n');
                return 2;
            case 'r':
                undone.Append('\r');
                return 2;
            case 't':
                undone.Append('\t');
                return 2;
            case var quoted when !char.IsAsciiLetterOrDigit(quoted):
                undone.Append(quoted);
                return 2;
            default:
                return 0;
        }
    }

    private static int Entity(string text, int at, StringBuilder undone)
    {
        const int longest = 10;
        if (text[at] != '&')
            return 0;
        var end = text.IndexOf(';', at, Math.Min(longest, text.Length - at));
        if (end < 0)
            return 0;
        var entity = text[at..(end + 1)];
        var meant = WebUtility.HtmlDecode(entity);
        if (meant == entity)
            return 0;
        undone.Append(meant);
        return entity.Length;
    }

    private static int? Hex(string text, int at, int digits) =>
        at + digits <= text.Length
        && int.TryParse(
            text.AsSpan(at, digits),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;
}
