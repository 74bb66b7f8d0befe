using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("Abort")]
[TaskDescription(
    "Gives the stable version all traffic at once, whatever state a rollout is in; needs nothing but the router"
)]
public sealed class Abort : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var aborting = new Aborting(context);
        // The rollout is told first, so that it does not shift again what is taken back here.
        var live = LiveRollout.Find(context);
        var request = await aborting.TellAsync(live);
        context.Say(await aborting.TakeBackAsync());
        context.Say(await aborting.ConcludeAsync(live, request));
    }
}
