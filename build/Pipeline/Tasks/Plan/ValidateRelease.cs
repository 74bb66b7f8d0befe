using Cake.Frosting;
using Slipway.Releases;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateRelease")]
[TaskDescription("Finds the version to release, refuses what must not be released, and makes the deployment id")]
public sealed class ValidateRelease : Stage<Release>
{
    protected override async Task<Release> ExecuteAsync(StageRun run)
    {
        var context = run.Context;
        await context.Site.PrepareAsync(run.Cancellation);
        var selected = await context.Releases.FindAsync(run.Cancellation);
        if (context.Runs.Find() is null)
            context.Runs.Open(context.Releases.NewId(selected.CommitSha));
        run.Info($"{selected.Version} at {selected.CommitSha[..7]} → {context.Destination.Name}");
        return new Release
        {
            DeploymentId = run.Id,
            Version = selected.Version,
            CommitSha = selected.CommitSha,
            GitRef = selected.GitRef,
            Environment = context.Destination.Name,
            Region = context.Request.Region,
            PreviousVersion = selected.Previous,
            PreviousCommitSha = selected.PreviousCommitSha,
            TriggeredBy = context.Origin.Actor,
            WorkflowRunId = context.Origin.RunId,
            ForceReason = selected.ForceReason,
            SandboxFault = context.Request.SandboxFault,
        };
    }
}
