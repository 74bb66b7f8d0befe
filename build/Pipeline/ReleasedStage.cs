using Slipway.Outcomes;
using Slipway.Runs;

namespace Slipway.Pipeline;

/// <summary>A stage after the rollout: when it fails, users go back to the version before, at once.</summary>
public abstract class ReleasedStage<T> : Stage<T>
    where T : StageOutput, IStageFile
{
    protected sealed override Task<PipelineException> OnFailureAsync(StageRun run, PipelineException failure) =>
        run.Context.Recovery.TakeBackAsync(run.Folder, failure);
}
