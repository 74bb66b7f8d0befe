using System.Text;

namespace Slipway.Tools;

/// <summary>Walks an INI text and takes its lines apart: quoted keys, quoted values, values over several lines, comments.</summary>
internal sealed class IniLines(string text)
{
    private const string Triple = "\"\"\"";

    private readonly string[] _lines = text.Split('\n');
    private int _at;

    /// <returns>The next line, trimmed; null at the end.</returns>
    public string? Next() => _at < _lines.Length ? _lines[_at++].Trim() : null;

    public string Key(string line, out string rest)
    {
        if (line[0] is '"' or '`')
        {
            var quote = line.StartsWith(Triple, StringComparison.Ordinal) ? Triple : line[..1];
            var close = line.IndexOf(quote, quote.Length, StringComparison.Ordinal);
            var after = close < 0 ? -1 : line.AsSpan(close).IndexOfAny('=', ':');
            if (after >= 0)
            {
                rest = line[(close + after + 1)..];
                return line[quote.Length..close];
            }
        }

        var end = line.AsSpan().IndexOfAny('=', ':');
        if (end < 1)
        {
            throw Refuse("is no key = value");
        }

        rest = line[(end + 1)..];
        return line[..end].Trim();
    }

    public string Value(string rest)
    {
        var value = rest.Trim();
        if (value.Length == 0)
        {
            return "";
        }

        var quote =
            value.Length > 3 && value.StartsWith(Triple, StringComparison.Ordinal) ? Triple
            : value[0] == '`' ? "`"
            : null;
        if (quote is not null)
        {
            return Quoted(value[quote.Length..], quote);
        }

        if (value[^1] == '\\')
        {
            throw Refuse("continues on the next one, which is not supported");
        }

        var comment = value.AsSpan().IndexOfAny('#', ';');
        value = comment < 0 ? value : value[..comment].TrimEnd();
        return value.Length > 1 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) == value.Length - 1
            ? value[1..^1]
            : value;
    }

    public SopsException Refuse(string what) => new(SopsRefusal.Parse, $"line {_at} {what}");

    private string Quoted(string start, string quote)
    {
        var end = start.LastIndexOf(quote, StringComparison.Ordinal);
        if (end >= 0)
        {
            return start[..end];
        }

        var opened = _at;
        var value = new StringBuilder(start);
        while (_at < _lines.Length)
        {
            var line = _lines[_at++];
            value.Append('\n');
            end = line.LastIndexOf(quote, StringComparison.Ordinal);
            if (end >= 0)
            {
                return value.Append(line, 0, end).ToString();
            }

            value.Append(line);
        }

        _at = opened;
        throw Refuse("opens a quote that is never closed");
    }
}
