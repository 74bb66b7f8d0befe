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

    protected sealed override Task<PipelineException> OnFailureAsync(StageRun run, PipelineException failure) =>
        run.Context.Recovery.TakeBackAsync(run.Folder, failure);
}
