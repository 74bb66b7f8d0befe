using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>The table at the end of a run.</summary>
internal static class SummaryText
{
    public static ImmutableArray<(string Text, OutputKind Kind)> Of(RunTimeline timeline)
    {
        var rows = timeline.Tasks.Where(task => task.Status != TaskOutcome.Aggregate).ToArray();
        if (rows.Length == 0)
        {
            return [];
        }

        var lines = ImmutableArray.CreateBuilder<(string, OutputKind)>();
        if (rows.Length > 1)
        {
            var width = Math.Max(4, rows.Max(row => row.Task.Length));
            lines.Add(("", OutputKind.Plain));
            lines.Add(($"{"Task".PadRight(width)}  {"Start", 12}  {"Duration", 12}  Status", OutputKind.Quiet));
            foreach (var row in rows)
            {
                var start = row.Offset is { } offset ? Durations.Show(offset) : "-";
                var took = row.Offset is null ? "-" : Durations.Show(row.Seconds);
                lines.Add(($"{row.Task.PadRight(width)}  {start, 12}  {took, 12}  {Status(row)}", Kind(row.Status)));
            }

            lines.Add(("", OutputKind.Plain));
        }

        lines.Add((Total(timeline, rows), OutputKind.Plain));
        return lines.ToImmutable();
    }

    /// <summary>In a word or two, then the first line of why.</summary>
    public static string Status(TaskResult task)
    {
        var why = task.Reason?.Split('\n')[0];
        return task.Status switch
        {
            TaskOutcome.Succeeded => "done",
            TaskOutcome.Skipped => $"skipped: {why}",
            TaskOutcome.Failed => $"FAILED: {why}",
            TaskOutcome.FailedContinued => $"FAILED, the run went on: {why}",
            TaskOutcome.NotRun => $"not run: {why}",
            TaskOutcome.Cancelled => why ?? "cancelled",
            TaskOutcome.Running => "still running",
            _ => task.Status.ToString(),
        };
    }

    private static OutputKind Kind(TaskOutcome status) =>
        status switch
        {
            TaskOutcome.Failed or TaskOutcome.FailedContinued => OutputKind.Error,
            TaskOutcome.Cancelled => OutputKind.Warning,
            TaskOutcome.NotRun => OutputKind.Quiet,
            _ => OutputKind.Plain,
        };

    private static string Total(RunTimeline timeline, TaskResult[] rows)
    {
        var wall = $"{Durations.Show(timeline.WallSeconds)} in all";
        return rows.Length == 1 || timeline.CriticalPath.Length == 0
            ? wall
            : $"{wall}; critical path {Durations.Show(timeline.CriticalSeconds)}: {string.Join(" → ", timeline.CriticalPath)}";
    }
}
