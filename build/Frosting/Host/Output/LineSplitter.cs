using System.Text;

namespace Slipway.Host;

/// <summary>
/// Makes lines of text that comes in pieces. A lone carriage return ends a line, too: GitHub's runner reads it so, and a
/// line that it reads must be one that we have looked at.
/// </summary>
internal sealed class LineSplitter(Action<string> line)
{
    private const int LongestLine = 64 * 1024;
    private readonly StringBuilder _open = new();
    private bool _afterReturn;

    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (_afterReturn)
            {
                _afterReturn = false;
                if (text[0] == '\n')
                {
                    text = text[1..];
                    continue;
                }
            }

            var end = text.IndexOfAny('\n', '\r');
            var part = end < 0 ? text : text[..end];
            if (_open.Length + part.Length > LongestLine)
            {
                part = part[..(LongestLine - _open.Length)];
                _open.Append(part);
                text = text[part.Length..];
                Close();
                continue;
            }

            _open.Append(part);
            if (end < 0)
            {
                return;
            }

            _afterReturn = text[end] == '\r';
            text = text[(end + 1)..];
            Close();
        }
    }

    /// <summary>The last line may lack its end.</summary>
    public void Flush()
    {
        _afterReturn = false;
        if (_open.Length > 0)
        {
            Close();
        }
    }

    private void Close()
    {
        var text = _open.ToString();
        _open.Clear();
        line(text);
    }
}
