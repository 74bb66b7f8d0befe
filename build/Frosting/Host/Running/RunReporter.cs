using System.Collections.Immutable;
using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>Tells what the scheduler does: console, log files, timeline. Called by the scheduler's loop only.</summary>
internal sealed class RunReporter(
    RunPlan plan,
    RunConsole console,
    RunLog log,
    RunProgress progress,
    FailureReader failures,
    IReadOnlyDictionary<string, double> usually,
    Surroundings surroundings
)
{
    private readonly long _clock = surroundings.Time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = surroundings.Time.GetUtcNow();

    private readonly Dictionary<string, TaskOutput> _outputs = new(StringComparer.OrdinalIgnoreCase);

    public required WorkingDirectoryGuard Directory { get; init; }

    /// <summary>Seconds since the start of the run.</summary>
    public double Elapsed => surroundings.Time.GetElapsedTime(_clock).TotalSeconds;

    public string Message(Exception exception) => console.Redact(failures.Read(exception).Message);

    public TaskOutput OutputOf(string task) => _outputs[task];

    public void Begin(IReadOnlyList<TaskState> tasks)
    {
        console.Begin([
            .. tasks.Where(task => !task.Planned.Task.IsAggregate && !task.Planned.LeftOut).Select(task => task.Name),
        ]);
        Changed(tasks);
    }

    public void Started(TaskState task, IReadOnlyList<TaskState> tasks)
    {
        task.StartedAt = surroundings.Time.GetUtcNow();
        task.Started = task.Said = Elapsed;
        task.Log = log.Open(task.Name);
        task.Output = _outputs[task.Name] = new TaskOutput(task.Name, console, task.Log);
        console.About(task.Output, "started", OutputKind.Quiet, Verbosity.Verbose);
        Changed(tasks);
    }

    public void LeftOut(TaskState task, IReadOnlyList<TaskState> tasks)
    {
        console.Host($"{task.Name} skipped: {task.Reason}");
        Changed(tasks);
    }

    public void Ended(TaskState task, IReadOnlyList<TaskState> tasks)
    {
        task.Ended = Elapsed;
        var output = task.Output!;
        if (Directory.PutBack() is { } elsewhere)
        {
            var running = Names(tasks, TaskOutcome.Running).Append(task.Name).ToArray();
            console.Host(
                $"the working directory had been changed to {elsewhere} while {Words.And(running)} ran; it is put back",
                OutputKind.Warning,
                Verbosity.Minimal
            );
        }

        output.Flush();
        var took = Durations.Show(task.Seconds(task.Ended));
        var (text, kind) = task.Outcome switch
        {
            TaskOutcome.Skipped => ($"skipped: {task.Reason}", OutputKind.Plain),
            TaskOutcome.Failed => ($"failed after {took}: {task.Reason}", OutputKind.Error),
            TaskOutcome.FailedContinued => ($"failed after {took}, the run goes on: {task.Reason}", OutputKind.Error),
            TaskOutcome.Cancelled => ($"{task.Reason} after {took}", OutputKind.Warning),
            _ => ($"done in {took}", OutputKind.Quiet),
        };
        if (task.Exception is { } exception && task.Outcome is TaskOutcome.Failed or TaskOutcome.FailedContinued)
        {
            task.Log!.Line(console.Redact(task.Exception.ToString()).ReplaceLineEndings("\n  "));
            if (console.Verbosity >= Verbosity.Diagnostic)
            {
                output.Write(exception.ToString(), OutputKind.Quiet);
            }
        }

        task.Log!.Line(text);
        var needed = task.Outcome is TaskOutcome.Failed or TaskOutcome.FailedContinued or TaskOutcome.Cancelled;
        // A run of one task says at its end how that ended.
        if (console.SeveralTasks || task.Outcome is TaskOutcome.Skipped or TaskOutcome.Cancelled)
        {
            foreach (var line in text.Split('\n'))
            {
                console.About(output, line, kind, needed ? Verbosity.Quiet : Verbosity.Normal);
            }
        }

        log.Close(task.Log);
        console.EndBlock(output, $"{task.Name}: {text.Split('\n')[0]}");
        Changed(tasks);
    }

    public void Cancelling(IReadOnlyList<TaskState> tasks)
    {
        var running = Names(tasks, TaskOutcome.Running);
        console.Host(
            running.Length == 0
                ? "cancelled: nothing more is started"
                : $"cancelled: nothing more is started, {Words.And(running)} may end in order (once more: by force)",
            OutputKind.Warning,
            Verbosity.Quiet
        );
    }

    public void Forcing(IReadOnlyList<TaskState> tasks, TimeSpan wait)
    {
        var running = Names(tasks, TaskOutcome.Running);
        if (running.Length > 0)
        {
            console.Host(
                $"cancelled by force: {Words.And(running)} has {Durations.Rough(wait.TotalSeconds)} left",
                OutputKind.Warning,
                Verbosity.Quiet
            );
        }
    }

    /// <summary>Says how far long tasks are: all the time where a line can be rewritten, else every now and then, ever more rarely.</summary>
    public void Tick(IReadOnlyList<TaskState> tasks)
    {
        var now = Elapsed;
        var running = tasks.Where(task => task.Outcome == TaskOutcome.Running).ToArray();
        if (console.HasStatusLine)
        {
            console.Status("… " + string.Join(", ", running.Select(task => Far(task, now))));
            return;
        }

        foreach (var task in running)
        {
            var seconds = now - task.Started;
            var every =
                surroundings.ProgressEvery.TotalSeconds
                * seconds switch
                {
                    < 60 => 1,
                    < 300 => 3,
                    _ => 6,
                };
            if (now - task.Said >= every)
            {
                task.Said = now;
                console.Host($"… {Far(task, now)}", OutputKind.Quiet);
            }
        }
    }

    public void End(IReadOnlyList<TaskState> tasks, IReadOnlyList<TaskResult> failed)
    {
        console.Status(null);
        progress.Failed = [.. failed];
        Changed(tasks);
    }

    /// <summary>The state as everybody else may read it, in memory and on disk.</summary>
    public void Changed(IReadOnlyList<TaskState> tasks)
    {
        progress.Now = Timeline(tasks);
        progress.Failed = [.. progress.Now.Tasks.Where(task => task.Status == TaskOutcome.Failed)];
        log.WriteTimeline(progress.Now.ToJson());
    }

    public TaskResult Result(TaskState task) =>
        new(task.Name, task.Outcome, [.. task.Planned.DependsOn.Select(dependency => plan.Tasks[dependency].Name)])
        {
            Lane = task.Lane,
            StartedAt = task.StartedAt,
            Offset = task.StartedAt is null ? null : Math.Round(task.Started, 3),
            Seconds = Math.Round(task.Seconds(Elapsed), 3),
            Reason = task.Reason is null ? null : console.Redact(task.Reason),
            Exception = task.Exception,
        };

    private RunTimeline Timeline(IReadOnlyList<TaskState> tasks)
    {
        ImmutableArray<TaskResult> results = [.. tasks.Select(Result)];
        var (path, seconds) = CriticalPath.Of(plan, [.. results.Select(result => result.Seconds)]);
        return new RunTimeline
        {
            Targets = plan.Targets,
            StartedAt = _startedAt,
            WallSeconds = Math.Round(Elapsed, 3),
            CriticalPath = path,
            CriticalSeconds = Math.Round(seconds, 3),
            Tasks = results,
        };
    }

    private string Far(TaskState task, double now)
    {
        var usual = usually.TryGetValue(task.Name, out var seconds) ? $" (usually {Durations.Rough(seconds)})" : "";
        return $"{task.Name} {Durations.Rough(now - task.Started)}{usual}";
    }

    private static string[] Names(IEnumerable<TaskState> tasks, TaskOutcome outcome) =>
        [.. tasks.Where(task => task.Outcome == outcome).Select(task => task.Name)];
}
