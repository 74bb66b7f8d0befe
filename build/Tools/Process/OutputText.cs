using System.Text;

namespace Slipway.Tools;

/// <summary>Keeps a text of bounded size: the beginning and the end of what came, and how much was between them.</summary>
internal sealed class OutputText(int limit)
{
    private readonly StringBuilder _head = new();
    private readonly Queue<string> _tail = new();
    private readonly int _headLimit = limit - (limit / 4);
    private int _tailLength;
    private long _leftOut;

    public bool Truncated => _leftOut > 0;

    public void Append(string piece)
    {
        if (_tail.Count == 0 && _head.Length + piece.Length <= _headLimit)
        {
            _head.Append(piece);
            return;
        }
        _tail.Enqueue(piece);
        _tailLength += piece.Length;
        while (_head.Length + _tailLength > limit && _tail.TryDequeue(out var oldest))
        {
            _tailLength -= oldest.Length;
            _leftOut += oldest.Length;
        }
    }

    public override string ToString()
    {
        if (_tail.Count == 0 && !Truncated)
            return _head.ToString();
        var text = new StringBuilder(_head.Length + _tailLength + 64).Append(_head);
        if (Truncated)
            text.Append("\n[… ").Append(_leftOut).Append(" characters left out …]\n");
        return text.AppendJoin("", _tail).ToString();
    }
}
