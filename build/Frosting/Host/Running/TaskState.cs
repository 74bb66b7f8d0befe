namespace Slipway.Host;

/// <summary>How it stands with a task. Only the scheduler's loop touches it.</summary>
internal sealed class TaskState(PlannedTask planned)
{
    public PlannedTask Planned { get; } = planned;

    public string Name => Planned.Name;

    public TaskOutcome Outcome { get; set; } = TaskOutcome.Waiting;

    public TaskOutput? Output { get; set; }

    public ITaskLog? Log { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Seconds from the start of the run.</summary>
    public double Started { get; set; }

    public double Ended { get; set; }

    public int? Lane { get; set; }

    public string? Reason { get; set; }

    public Exception? Exception { get; set; }

    /// <summary>When its progress was last said, in seconds of the run.</summary>
    public double Said { get; set; }

    /// <summary>It ended so that what depends on it may start.</summary>
    public bool LetsOthersRun =>
        Outcome is TaskOutcome.Succeeded or TaskOutcome.Aggregate or TaskOutcome.Skipped or TaskOutcome.FailedContinued;

    public bool IsOver => Outcome is not (TaskOutcome.Waiting or TaskOutcome.Running);

    public double Seconds(double now) =>
        Outcome == TaskOutcome.Running ? now - Started
        : StartedAt is null ? 0
        : Ended - Started;
}
