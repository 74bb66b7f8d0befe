using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>The one writer of a run. Lines of tasks that run together come out whole, with the task's name or in blocks.</summary>
internal sealed class RunConsole(
    Surroundings surroundings,
    Verbosity verbosity,
    bool colours,
    bool json,
    Func<string, string> redact
) : IRunResult, IRunPrompt, IRunLive
{
    private const string Reset = "\u001b[0m";
    private static readonly string[] s_taskColours =
    [
        "\u001b[36m",
        "\u001b[35m",
        "\u001b[34m",
        "\u001b[32m",
        "\u001b[33m",
    ];
    private readonly Lock _lock = new();
    private readonly TextWriter _writer = json ? surroundings.Error : surroundings.Out;
    private readonly Dictionary<string, string> _colourOf = new(StringComparer.OrdinalIgnoreCase);
    private readonly BottomOfTerminal _bottom = new(json ? surroundings.Error : surroundings.Out);
    private List<string>? _waiting;
    private bool _gone;
    private int _prefixWidth;

    public Verbosity Verbosity { get; set; } = verbosity;

    public bool Colours => colours;

    public bool IsGitHub => surroundings.IsGitHub;

    /// <summary>A line at the bottom that is written over; only a terminal has one.</summary>
    public bool HasStatusLine => surroundings.CanRewriteLines && !json && Verbosity > Verbosity.Quiet;

    public int? Width => HasStatusLine ? surroundings.Width : null;

    public bool ResultWritten { get; private set; }

    public bool CanAsk => surroundings.IsInteractive && !IsGitHub && !json;

    /// <summary>Lines carry the task's name, or stand in its block; a run of one task needs neither.</summary>
    public bool SeveralTasks { get; private set; }

    public IWorkflowCommands Commands => new WorkflowCommands(this);

    public string Redact(string text) => redact(text);

    public void Begin(IReadOnlyCollection<string> taskNames)
    {
        SeveralTasks = taskNames.Count > 1;
        _prefixWidth = taskNames.Count == 0 ? 0 : Math.Min(24, taskNames.Max(name => name.Length));
        foreach (var name in taskNames)
        {
            _colourOf[name] = s_taskColours[_colourOf.Count % s_taskColours.Length];
        }
    }

    /// <summary>A line of a task.</summary>
    public void Line(TaskOutput task, OutputLine line)
    {
        lock (_lock)
        {
            if (IsGitHub && SeveralTasks && task.IsTask)
            {
                task.Block.Add(line);
                task.Tail.Add(line);
                return;
            }

            Print(Data([SeveralTasks && task.IsTask ? Prefix(task.Name) + Paint(line) : Paint(line)]));
        }
    }

    /// <summary>A line of the host itself.</summary>
    public void Host(string text, OutputKind kind = OutputKind.Plain, Verbosity at = Verbosity.Normal)
    {
        if (at > Verbosity)
        {
            return;
        }

        lock (_lock)
        {
            var lines = redact(text).Split('\n');
            Print(Data([.. lines.Select(line => Paint(new OutputLine(line, kind, true)))]));
        }
    }

    /// <summary>A line of the host about one task, in that task's column.</summary>
    public void About(TaskOutput task, string text, OutputKind kind, Verbosity at = Verbosity.Normal)
    {
        if (at <= Verbosity)
        {
            Line(task, new OutputLine(redact(text), kind, true));
        }
    }

    /// <summary>The task ended: GitHub gets its block.</summary>
    /// <param name="title">The task's name and how it ended.</param>
    public void EndBlock(TaskOutput task, string title)
    {
        task.Flush();
        if (!IsGitHub || !SeveralTasks || !task.IsTask || Verbosity == Verbosity.Quiet)
        {
            return;
        }

        lock (_lock)
        {
            if (task.Block.Count == 0)
            {
                Print(Data([Plain(title)]));
                return;
            }

            Print([
                $"::group::{WorkflowText.Data(Plain(title))}",
                .. Data([.. task.Block.Take().Select(Paint)]),
                "::endgroup::",
            ]);
        }
    }

    /// <summary>The end of a failed task's log once more, where nobody has to open a group to see it.</summary>
    public void Again(TaskOutput task)
    {
        if (!IsGitHub || !SeveralTasks)
        {
            return;
        }

        lock (_lock)
        {
            Print(Data([$"{task.Name}:", .. task.Tail.Take().Select(line => "  " + Paint(line))]));
        }
    }

    /// <summary>What stands at the bottom of a terminal until the next call.</summary>
    public void Status(string? text) =>
        AtTheBottom(() => _bottom.Status = text is null ? null : Fit(Plain(redact(text))));

    public void Show(IReadOnlyList<string> lines) =>
        AtTheBottom(() => _bottom.View = [.. lines.Select(line => Fit(Plain(redact(line))))]);

    private void AtTheBottom(Action change)
    {
        if (!HasStatusLine)
        {
            return;
        }

        lock (_lock)
        {
            if (_waiting is not null)
            {
                return;
            }

            Guarded(() =>
            {
                _bottom.Hide();
                change();
                _bottom.Show();
                _writer.Flush();
            });
        }
    }

    public void Write(string text)
    {
        lock (_lock)
        {
            ResultWritten = true;
            // In a workflow standard output is the log: what stands there is data, too.
            var shown = redact(text).TrimEnd('\n');
            Guarded(() =>
            {
                _bottom.Hide();
                foreach (var line in IsGitHub && !json ? Data(shown.Split('\n', '\r')) : [shown])
                {
                    surroundings.Out.WriteLine(line);
                }

                surroundings.Out.Flush();
                _bottom.Show();
            });
        }
    }

    public string? Ask(string question, CancellationToken cancellationToken) =>
        Answer(question, surroundings.In.ReadLine, cancellationToken);

    public string? AskHidden(string question, CancellationToken cancellationToken) =>
        Answer(question, surroundings.ReadHidden, cancellationToken);

    private string? Answer(string question, Func<string?> read, CancellationToken cancellationToken)
    {
        if (!CanAsk)
        {
            throw new InvalidOperationException("There is nobody to ask: this is not a terminal.");
        }

        lock (_lock)
        {
            _bottom.Hide();
            _writer.Write(Plain(redact(question)) + " ");
            _writer.Flush();
            _waiting = [];
        }

        try
        {
            var answer = Task.Run(read, CancellationToken.None);
            answer.Wait(cancellationToken);
            return answer.Result;
        }
        finally
        {
            lock (_lock)
            {
                var waiting = _waiting;
                _waiting = null;
                Print(waiting);
            }
        }
    }

    /// <summary>A command for GitHub's runner, outside every group.</summary>
    public void Command(string command)
    {
        if (!IsGitHub)
        {
            return;
        }

        lock (_lock)
        {
            Print([command]);
        }
    }

    private IEnumerable<string> Data(IReadOnlyCollection<string> lines) =>
        IsGitHub ? WorkflowText.AsData(lines, () => Guid.NewGuid().ToString("N")) : lines;

    private void Print(IEnumerable<string> lines)
    {
        if (_waiting is { } waiting)
        {
            waiting.AddRange(lines);
            return;
        }

        Guarded(() =>
        {
            _bottom.Hide();
            foreach (var line in lines)
            {
                _writer.WriteLine(line);
            }

            _bottom.Show();
            _writer.Flush();
        });
    }

    /// <summary>A terminal that was closed, a full disk behind the redirection: the run goes on without its console.</summary>
    private void Guarded(Action write)
    {
        if (_gone)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _gone = true;
        }
    }

    private string Prefix(string task)
    {
        var name = task.Length > _prefixWidth ? task[..(_prefixWidth - 1)] + "…" : task.PadRight(_prefixWidth);
        return colours && _colourOf.TryGetValue(task, out var colour) ? $"{colour}{name} │{Reset} " : $"{name} │ ";
    }

    private string Paint(OutputLine line)
    {
        var text = Printable.Line(line.Text, keepColours: colours);
        return !colours || text.Length == 0
            ? text
            : line.Kind switch
            {
                OutputKind.Error => $"\u001b[31m{text}{Reset}",
                OutputKind.Warning => $"\u001b[33m{text}{Reset}",
                OutputKind.Quiet => $"\u001b[2m{text}{Reset}",
                _ => text,
            };
    }

    private static string Plain(string text) => Printable.Line(text, keepColours: false);

    private string Fit(string text) => text.Length < surroundings.Width ? text : text[..(surroundings.Width - 2)] + "…";
}
