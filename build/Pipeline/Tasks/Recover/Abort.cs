using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Pipeline.Tasks;

[TaskName("Abort")]
[TaskDescription("Gives the stable version all traffic at once, whatever state a rollout is in; needs nothing but the router")]
public sealed class Abort : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var serving = await context.Site.ServingAsync(null, outputs: null, context.Cancellation);
        await serving.Router.SetCandidateShareAsync(0, context.Cancellation);
        var state = await serving.Router.ReadAsync(context.Cancellation);
        if (state.CandidateShare > 0)
            throw new PipelineException(
                $"the router still gives the candidate {state.CandidateShare:0.#} %",
                next: "./build.sh --target=Abort again"
            );
        context.Say("the stable version has all traffic");
        if (context.Runs.FindUnfinished() is { } folder)
            await new RolloutRequests(folder).SendAsync(
                new(ControlKind.Abort, context.Origin.Actor, context.Request.Reason),
                context.Cancellation
            );
    }
}
