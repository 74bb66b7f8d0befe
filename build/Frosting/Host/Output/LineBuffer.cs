namespace Slipway.Host;

/// <summary>The last lines of something that may be endless, and how many were before them.</summary>
internal sealed class LineBuffer(int limit = 20_000)
{
    private readonly Queue<OutputLine> _lines = new();

    public int Dropped { get; private set; }

    public int Count => _lines.Count;

    public void Add(OutputLine line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > limit)
        {
            _lines.Dequeue();
            Dropped++;
        }
    }

    public IEnumerable<OutputLine> Take()
    {
        if (Dropped > 0)
        {
            yield return new OutputLine($"… {Dropped} earlier lines are in the log file", OutputKind.Quiet, true);
        }

        while (_lines.TryDequeue(out var line))
        {
            yield return line;
        }

        Dropped = 0;
    }
}
