using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>The last words of a run: the table, then what went wrong, so that it stands where people look.</summary>
internal sealed class RunClosing(RunConsole console, RunLog log, bool json)
{
    /// <param name="beside">What went wrong outside tasks.</param>
    /// <returns>The exit code.</returns>
    public int Close(RunTimeline timeline, IReadOnlyCollection<string> beside)
    {
        if (timeline.Tasks.Length > 0)
        {
            log.WriteTimeline(timeline.ToJson());
        }

        foreach (var (text, kind) in SummaryText.Of(timeline))
        {
            console.Host(text, kind);
        }

        TaskResult[] failed =
        [
            .. timeline.Tasks.Where(task => task.Status is TaskOutcome.Failed or TaskOutcome.FailedContinued),
        ];
        foreach (var task in failed)
        {
            Tell(task);
        }

        foreach (var problem in beside)
        {
            console.Host(problem, OutputKind.Error, Verbosity.Quiet);
            console.Commands.Error("The run failed", problem);
        }

        if (timeline.ExitCode == RunEnding.CancelledExitCode)
        {
            console.Host("The run was cancelled.", OutputKind.Warning, Verbosity.Quiet);
        }

        if (json && !console.ResultWritten)
        {
            console.Write(timeline.ToJson());
        }

        log.Finish(keep: failed.Length > 0);
        return timeline.ExitCode ?? 0;
    }

    private void Tell(TaskResult task)
    {
        var goesOn = task.Status == TaskOutcome.FailedContinued;
        var title = goesOn ? $"{task.Task} failed, the run went on" : $"{task.Task} failed";
        console.Host($"\n{title}: {task.Reason}", OutputKind.Error, Verbosity.Quiet);
        var file = Path.Combine(log.Directory, RunLog.FileName(task.Task));
        console.Host($"  log: {file}", OutputKind.Quiet, Verbosity.Quiet);
        if (goesOn)
        {
            console.Commands.Warning(title, task.Reason ?? "");
        }
        else
        {
            console.Commands.Error(title, task.Reason ?? "");
        }
    }
}
