using System.Text;

namespace Slipway.Tools;

/// <summary>
/// Turns the bytes of a stream into redacted lines as they come. Bytes that are not UTF-8 become U+FFFD. A line that
/// does not end is cut at a bounded length, never inside a secret.
/// </summary>
internal sealed class OutputLines(Redactor redactor, Action<string, string> onLine)
{
    private const int LongestLine = 64 * 1024;

    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: false).GetDecoder();
    private readonly StringBuilder _pending = new();
    private char[] _chars = [];

    public void Feed(ReadOnlySpan<byte> bytes) => Take(bytes, flush: false);

    public void End()
    {
        Take([], flush: true);
        if (_pending.Length > 0)
            Emit(_pending.ToString(), "");
        _pending.Clear();
    }

    private void Take(ReadOnlySpan<byte> bytes, bool flush)
    {
        var needed = _decoder.GetCharCount(bytes, flush);
        if (_chars.Length < needed)
            _chars = new char[needed];
        ReadOnlySpan<char> text = _chars.AsSpan(0, _decoder.GetChars(bytes, _chars, flush));
        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n'))
        {
            _pending.Append(text[..end]);
            var line = _pending.ToString();
            _pending.Clear();
            if (line.EndsWith('\r'))
                Emit(line[..^1], "\r\n");
            else
                Emit(line, "\n");
            text = text[(end + 1)..];
        }
        _pending.Append(text);
        if (_pending.Length > LongestLine + redactor.LongestForm)
            Cut();
    }

    private void Cut()
    {
        var text = _pending.ToString();
        var at = redactor.SafeCut(text, text.Length - redactor.LongestForm);
        if (at < text.Length && char.IsLowSurrogate(text[at]))
            at--;
        Emit(text[..at], "");
        _pending.Clear().Append(text, at, text.Length - at);
    }

    private void Emit(string line, string ending) => onLine(redactor.Redact(line), ending);
}
