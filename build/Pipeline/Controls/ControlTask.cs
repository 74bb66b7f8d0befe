using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>Asks something of the rollout under way in another process, and fails unless it was done.</summary>
public abstract class ControlTask : CheckTask
{
    /// <summary>A rollout looks for requests about once a second, but not while its candidate starts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    protected abstract ControlKind KindOf(Request request);

    protected sealed override async Task CheckAsync(DeploymentContext context)
    {
        var live = LiveRollout.Demand(context);
        var kind = KindOf(context.Request);
        if (context.Request.Region is { } region && live.State?.Region is { } underWay && underWay != region)
            throw new PipelineException(
                ExitCode.Usage,
                $"{live.DeploymentId}: the wave of {underWay} is under way, not that of {region}",
                $"--region={underWay}, or none: the wave under way is asked"
            );
        var id = await live.SendAsync(kind, context.Cancellation);
        var outcome = await live.AnswerAsync(kind, id, Limit, context.Cancellation);
        if (!outcome.Done)
            throw new PipelineException(
                $"{live.DeploymentId}: {outcome.Text}",
                next: $"./build.sh --target=Status --environment={context.Destination.Name}"
            );
        context.Say($"{live.DeploymentId}: {outcome.Text}");
    }
}
