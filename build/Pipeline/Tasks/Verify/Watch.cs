using Cake.Frosting;
using Slipway.Outcomes;

namespace Slipway.Pipeline.Tasks;

[TaskName("Watch")]
[TaskDescription(
    "Judges the version that serves through its rollback window, and goes back to the version before by itself when it is bad"
)]
public sealed class Watch : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var watched =
            WatchedRun.Find(context)
            ?? throw new PipelineException(
                $"no deployment to {context.Destination.Name} can be watched: none has ended well here",
                "a deployment that was recorded, in this DEPLOYMENT_LOG_DIR",
                $"./build.sh --target=Status --environment={context.Destination.Name}"
            );
        await new ServingWatch(context, watched).RunAsync();
    }
}
