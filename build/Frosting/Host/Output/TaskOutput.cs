using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>A line that a task wrote.</summary>
/// <param name="Shown">False: only for the log file, the verbosity hides it.</param>
internal sealed record OutputLine(string Text, OutputKind Kind, bool Shown);

/// <summary>
/// Where everything goes that one task writes, on whichever thread: the task's log file, and the console. Follows the task
/// through <c>await</c> and into the threads it starts.
/// </summary>
internal sealed class TaskOutput
{
    private static readonly AsyncLocal<TaskOutput?> s_current = new();
    private readonly RunConsole _console;
    private readonly ITaskLog _log;
    private readonly LineSplitter _out;
    private readonly LineSplitter _error;
    private readonly Lock _lock = new();
    private List<OutputLine>? _held;

    public TaskOutput(string name, RunConsole console, ITaskLog log, bool isTask = true)
    {
        (Name, _console, _log, IsTask) = (name, console, log, isTask);
        _out = new LineSplitter(line => Emit(line, OutputKind.Plain, shown: true));
        _error = new LineSplitter(line => Emit(line, OutputKind.Error, shown: true));
    }

    public static TaskOutput? Current => s_current.Value;

    public string Name { get; }

    /// <summary>False for the setup and the teardown of the run, and for what is written outside tasks.</summary>
    public bool IsTask { get; }

    /// <summary>What GitHub gets as one block; owned by the console.</summary>
    public LineBuffer Block { get; } = new();

    /// <summary>The end of the log, to be shown again after a failure; owned by the console.</summary>
    public LineBuffer Tail { get; } = new(limit: 200);

    public static void Enter(TaskOutput? output) => s_current.Value = output;

    /// <summary>A whole message; each of its lines is a line.</summary>
    public void Write(string text, OutputKind kind, bool shown = true)
    {
        lock (_lock)
        {
            _out.Flush();
            var lines = new LineSplitter(line => Emit(line, kind, shown));
            lines.Append(_console.Redact(text));
            lines.Flush();
        }
    }

    /// <summary>A piece of console output.</summary>
    public void Append(ReadOnlySpan<char> text, bool isError)
    {
        lock (_lock)
        {
            (isError ? _error : _out).Append(text);
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            _out.Flush();
            _error.Flush();
        }
    }

    /// <summary>From here on the console gets nothing, until it is known what the lines were: the reason of a skip, or output like any other.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held = [];
        }
    }

    public ImmutableArray<string> TakeHeld()
    {
        lock (_lock)
        {
            _out.Flush();
            _error.Flush();
            ImmutableArray<string> lines =
            [
                .. (_held ?? []).Where(line => line.Shown || line.Kind != OutputKind.Quiet).Select(line => line.Text),
            ];
            _held = null;
            return lines;
        }
    }

    public void ReleaseHeld()
    {
        lock (_lock)
        {
            _out.Flush();
            _error.Flush();
            var held = _held ?? [];
            _held = null;
            foreach (var line in held.Where(line => line.Shown))
            {
                _console.Line(this, line);
            }
        }
    }

    private void Emit(string text, OutputKind kind, bool shown)
    {
        var line = new OutputLine(_console.Redact(text), kind, shown);
        _log.Line(line.Text);
        if (_held is { } held)
        {
            held.Add(line);
        }
        else if (shown)
        {
            _console.Line(this, line);
        }
    }
}
