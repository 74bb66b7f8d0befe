using System.Collections.Immutable;
using Slipway.Records;
using Slipway.Runs;

namespace Slipway.Reports;

public enum StageState
{
    Done,
    NotApplicable,
    Failed,
    NotRun,
}

/// <param name="StartedAt">Null for a stage that did not run.</param>
/// <param name="IsCritical">Whether a shorter one would have made the whole run shorter.</param>
/// <param name="Detail">Why it does not apply, or why it failed.</param>
public sealed record TimedStage(
    RunStage Stage,
    StageState State,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    bool IsCritical,
    string? Detail
)
{
    public TimeSpan? Duration => FinishedAt - StartedAt;
}

/// <summary>When each stage ran, and which of them made the run as long as it was.</summary>
/// <param name="CriticalPath">Names, in order.</param>
public sealed record StageTimeline(ImmutableArray<TimedStage> Stages, ImmutableArray<string> CriticalPath)
{
    public DateTimeOffset? StartedAt => Stages.Min(stage => stage.StartedAt);

    public DateTimeOffset? FinishedAt => Stages.Max(stage => stage.FinishedAt);

    public TimeSpan WallTime => FinishedAt - StartedAt ?? TimeSpan.Zero;

    public static StageTimeline Of(RunOutputs run, StageFailure? failure)
    {
        var stages = RunPlan.Stages.Select(stage => Timed(stage, run, failure)).ToImmutableArray();
        var path = Path(stages);
        return new([.. stages.Select(stage => stage with { IsCritical = path.Contains(stage.Stage.Name) })], path);
    }

    private static TimedStage Timed(RunStage stage, RunOutputs run, StageFailure? failure)
    {
        // What did not succeed is put on record by the recovery: that is not the stage of the plan.
        var output = failure is not null && stage.FileName == DeploymentRecord.FileName ? null : run.Of(stage.Name);
        if (failure?.Stage == stage.Name)
        {
            var began = output?.StartedAt ?? LatestNeed(stage, run);
            return new(
                stage,
                StageState.Failed,
                began,
                began > failure.At ? began : failure.At,
                false,
                failure.Message
            );
        }
        return output switch
        {
            null => new(stage, StageState.NotRun, null, null, false, null),
            { Outcome: StageOutcome.NotApplicable } => new(
                stage,
                StageState.NotApplicable,
                output.StartedAt,
                output.FinishedAt,
                false,
                output.Reason
            ),
            _ => new(stage, StageState.Done, output.StartedAt, output.FinishedAt, false, null),
        };
    }

    /// <summary>A failed stage leaves no file: it began when the last that it waited for was done.</summary>
    private static DateTimeOffset LatestNeed(RunStage stage, RunOutputs run) =>
        stage
            .Needs.Select(need => run.Of(need)?.FinishedAt)
            .OfType<DateTimeOffset>()
            .DefaultIfEmpty(run.Release.StartedAt)
            .Max();

    /// <summary>From the last to end back along whichever of its needs ended last.</summary>
    private static ImmutableArray<string> Path(ImmutableArray<TimedStage> stages)
    {
        var ran = stages
            .Where(stage => stage.FinishedAt is not null)
            .ToDictionary(stage => stage.Stage.Name, StringComparer.Ordinal);
        var path = new List<string>();
        for (
            var stage = ran.Values.MaxBy(stage => stage.FinishedAt);
            stage is not null;
            stage = stage.Stage.Needs.Where(ran.ContainsKey).Select(need => ran[need]).MaxBy(need => need.FinishedAt)
        )
            path.Insert(0, stage.Stage.Name);
        return [.. path];
    }
}
