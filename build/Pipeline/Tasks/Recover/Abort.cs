using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Pipeline.Tasks;

[TaskName("Abort")]
[TaskDescription(
    "Gives the stable version all traffic at once, whatever state a rollout is in; needs nothing but the router"
)]
public sealed class Abort : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var site = context.Site;
        var serving = await site.ServingAsync(null, outputs: null, context.Cancellation);
        var taken = await new TrafficRetreat(context.Time, serving.Router, serving.Workload).RunAsync(
            TimeSpan.FromSeconds(60),
            context.Destination.Rollout.DrainTimeout,
            keepCandidate: true
        );
        context.Say($"the stable version has all traffic, after {taken.SecondsToZero:0.00} s");
        if (context.Runs.FindUnfinished() is not { } folder)
            return;
        try
        {
            // Nobody works on it: what it left is put in order here, and no letter waits for a run that comes later.
            using var claim = site.Claim("Abort");
            context.Say(await context.Recovery.RestoreServiceAsync(folder) ?? "no rollout is under way");
        }
        catch (PipelineException held) when (held.ExitCode == ExitCode.Locked)
        {
            await new RolloutRequests(folder).SendAsync(
                new(ControlKind.Abort, context.Origin.Actor, context.Request.Reason),
                context.Cancellation
            );
            context.Say($"the rollout of {folder.DeploymentId} was told to end");
        }
    }
}
