using Cake.Frosting;
using Slipway.Records;

namespace Slipway.Pipeline.Tasks;

[TaskName("Cancelled")]
[TaskDescription("What a cancelled or killed run leaves: undo its rollout, keep its history, tell people")]
public sealed class Cancelled : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var folder = context.Runs.FindUnfinished();
        if (folder is null)
        {
            context.Say("no unfinished deployment: nothing to undo");
            return;
        }
        await context.Site.PrepareAsync(context.Cancellation);
        using var claim = context.Site.Claim("Cancelled");
        var done = await context.Recovery.RestoreServiceAsync(folder);
        context.Say(done ?? "it had no traffic: nothing to take back");
        if (
            done is null
            && folder.TryRead<DeploymentRecord>()?.Status == DeploymentRecords.TextOf(DeploymentStatus.Cancelled)
        )
        {
            context.Say($"{folder.DeploymentId} was recorded as cancelled before");
            return;
        }
        await context.Recovery.ConcludeAsync(
            folder,
            DeploymentStatus.Cancelled,
            new(Recovery.NextStageOf(folder), "the run was cancelled or killed", context.Time.GetUtcNow())
        );
        context.Say($"{folder.DeploymentId} is recorded as cancelled");
    }
}
