using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("Abort")]
[TaskDescription(
    "Gives the version before all traffic at once, until a deployment has ended; needs nothing but the router"
)]
public sealed class Abort : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var aborting = new Aborting(context);
        var before = await aborting.SharesAsync();
        // The rollout is told first, so that it does not shift again what is taken back here.
        var live = LiveRollout.Find(context);
        var request = await aborting.TellAsync(live);
        context.Say(await aborting.TakeBackAsync(before));
        if (await aborting.SwitchBackAsync(live) is { } switched)
            context.Say(switched);
        context.Say(await aborting.ConcludeAsync(live, request));
    }
}
