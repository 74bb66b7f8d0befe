using Slipway.Outcomes;

namespace Slipway.Pipeline;

/// <summary>What follows a deployment that has ended well: its watch, or how to begin one.</summary>
public sealed class AfterDeployment(DeploymentContext context)
{
    public async Task RunAsync()
    {
        if (WatchedRun.Find(context) is not { Rollout: { Warm: { } warm, WarmUntil: { } until } } watched)
            return;
        if (!context.Request.Watch)
        {
            context.Say(
                $"{warm} stays warm until {until.UtcDateTime:HH:mm} UTC; until then this watches {watched.Release.Version} and goes back by itself: "
                    + $"./build.sh --target=Watch --environment={context.Destination.Name}"
            );
            return;
        }
        // The next deployment can begin while this one is only looked at.
        await context.Hold.ReleaseAsync();
        try
        {
            await new ServingWatch(context, watched).RunAsync();
        }
        catch (PipelineException failure)
        {
            throw Failures.Of(failure);
        }
    }
}
