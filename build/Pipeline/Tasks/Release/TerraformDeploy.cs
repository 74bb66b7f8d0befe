using System.Collections.Immutable;
using System.Text.Json;
using Cake.Frosting;
using Slipway.Backups;
using Slipway.Builds;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Runs;

namespace Slipway.Pipeline.Tasks;

[TaskName("TerraformDeploy")]
[TaskDescription("Applies exactly the plan that was made, under the state's lock, and reads the outputs")]
[IsDependentOn(typeof(BuildApk))]
[IsDependentOn(typeof(BuildImages))]
[IsDependentOn(typeof(Backup))]
[IsDependentOn(typeof(TerraformPlan))]
public sealed class TerraformDeploy : Stage<InfrastructureOutputs>
{
    protected override async Task<InfrastructureOutputs> ExecuteAsync(StageRun run)
    {
        // Nothing is changed for a release that is not built, or whose data is not safe.
        await run.ReadAsync<ApkArtifact>();
        await run.ReadAsync<ImageSet>();
        run.DemandBackup(await run.ReadAsync<BackupResult>());
        var plan = await run.ReadAsync<InfrastructurePlan>();
        if (plan.Outcome == StageOutcome.NotApplicable)
            return new()
            {
                DeploymentId = run.Id,
                Outcome = StageOutcome.NotApplicable,
                Reason = plan.Reason,
                Outputs = ImmutableSortedDictionary<string, JsonElement>.Empty,
            };
        var terraform = run.Context.Workbench.Terraform(await run.Context.Site.LayerAsync(run.Cancellation));
        await terraform.InitAsync(run.Line, run.Cancellation);
        if (plan.PlanFile is { } file)
        {
            if (await run.NoteAsync(file) != plan.PlanSha256)
                throw new PipelineException(
                    $"{file} is not the plan that {InfrastructurePlan.FileName} describes",
                    next: $"./build.sh --target=TerraformPlan --exclusive --deployment-id={run.Id}"
                );
            await terraform.ApplyAsync(run.Folder.PathOf(file), run.Line, run.Cancellation);
        }
        var outputs = await terraform.OutputsAsync(run.Cancellation);
        var applied = plan.Changes.Count(change => change.Actions is not ["no-op"]);
        run.Info($"{applied} changes applied");
        return new()
        {
            DeploymentId = run.Id,
            Outputs = outputs.Plain,
            SensitiveOutputs = [.. outputs.Sensitive.Keys],
            Applied = applied,
        };
    }
}
