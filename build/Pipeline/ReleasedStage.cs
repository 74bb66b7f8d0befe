using Slipway.Outcomes;
using Slipway.Runs;

namespace Slipway.Pipeline;

/// <summary>A stage after the rollout: when it fails, users go back to the version before, at once.</summary>
public abstract class ReleasedStage<T> : Stage<T>
    where T : StageOutput, IStageFile
{
    /// <summary>A version that dies while it is looked at is not good, even when it came back in time for every question.</summary>
    protected override void Verify(StageRun run)
    {
        if (run.Context.Site.HasDied(run.Id))
            throw new PipelineException(
                "instances of the released version died after it got all traffic",
                "a version that stays alive",
                "look at the log of the instance (before.log in the instances folder of the environment)"
            );
    }

    /// <summary>Whoever aborts from elsewhere is heard; not where there is no way back by an abort.</summary>
    protected virtual bool CanBeAborted => true;

    protected sealed override Task<T> PerformAsync(StageRun run) =>
        CanBeAborted
            ? new LateRequests(run.Context, run.Folder).WhileAsync(
                cancellation => ExecuteAsync(run.Until(cancellation)),
                run.Cancellation
            )
            : ExecuteAsync(run);

    protected sealed override Task<PipelineException> OnFailureAsync(StageRun run, PipelineException failure) =>
        run.Context.Recovery.TakeBackAsync(run.Folder, failure);
}
