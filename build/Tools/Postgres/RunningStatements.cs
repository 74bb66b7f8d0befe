using Slipway.Migrations;

namespace Slipway.Tools;

/// <summary>The statements of a connection that are under way, in the order in which the server answers them.</summary>
internal sealed class RunningStatements(TimeProvider time, Action<StatementTiming> onStatement)
{
    private readonly Queue<Statement> _queue = new();
    private readonly Lock _gate = new();
    private Statement? _last;

    public void Start(string text)
    {
        lock (_gate)
            _queue.Enqueue(Now(text));
    }

    /// <summary>
    /// The server answers once for each statement of a message, up to the first that fails, and may keep the answers until
    /// the last: their time is that of the message so far.
    /// </summary>
    public void Start(IEnumerable<SqlPart> message)
    {
        lock (_gate)
        {
            foreach (var part in message)
                _queue.Enqueue(Now(part.Text));
        }
    }

    public void Finish(string result, bool failed)
    {
        Statement? statement;
        lock (_gate)
        {
            // A message that could not be parted answers more than once: its failure is not to be missed.
            if (!_queue.TryDequeue(out statement) && (!failed || (statement = _last) is null))
                return;
            _last = statement;
        }
        onStatement(
            new StatementTiming(
                statement.At,
                Math.Round(time.GetElapsedTime(statement.Started).TotalSeconds, 6),
                statement.Text.Trim(),
                result,
                failed
            )
        );
    }

    /// <summary>The server waits for the next message.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _queue.Clear();
            _last = null;
        }
    }

    private Statement Now(string text) => new(text, time.GetTimestamp(), time.GetUtcNow());

    private sealed record Statement(string Text, long Started, DateTimeOffset At);
}
