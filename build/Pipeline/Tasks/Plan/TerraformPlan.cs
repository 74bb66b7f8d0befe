using System.Collections.Immutable;
using Cake.Frosting;
using Slipway.Infrastructure;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("TerraformPlan")]
[TaskDescription("Plans the infrastructure, refuses to lose what is protected, and notes the way back")]
[IsDependentOn(typeof(PreDeploymentChecks))]
public sealed class TerraformPlan : Stage<InfrastructurePlan>
{
    private const string PlanFile = "plan/tfplan";

    protected override async Task<InfrastructurePlan> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var environment = run.Context.Destination;
        if (environment.Terraform is not { } settings)
            return new()
            {
                DeploymentId = run.Id,
                Outcome = StageOutcome.NotApplicable,
                Reason = $"{environment.Name} has no Terraform layer (environment.json: terraform)",
            };
        var request = run.Context.Request;
        var terraform = run.Context.Workbench.Terraform(await run.Context.Site.LayerAsync(run.Cancellation));
        await terraform.DemandSoundAsync(run.Line, run.Cancellation);
        var file = run.Folder.PathOf(PlanFile);
        var dead = await run.Context.Site.DeadPartsAsync(run.Cancellation);
        var changed = await terraform.PlanAsync(
            new PlanRequest(file) { Replace = dead },
            run.Line,
            run.Cancellation
        );
        var changes = await terraform.ShowPlanAsync(
            file,
            address => PlanRules.IsProtected(address, settings.Protected),
            run.Cancellation
        );
        PlanRules.DemandLeave(changes, request.AllowDestroy ? request.Reason : null);
        run.Info(changed ? string.Join('\n', Effects(changes)) : "no changes");
        return new()
        {
            DeploymentId = run.Id,
            Workspace = settings.Workspace,
            PlanFile = changed ? PlanFile : null,
            PlanSha256 = changed ? await run.NoteAsync(PlanFile) : null,
            TerraformVersion = await terraform.VersionAsync(run.Cancellation),
            Changes = changes,
            RollbackChanges = PlanRules.Back(changes),
            RollbackCommitSha = release.PreviousCommitSha,
            AllowDestroyReason = request.AllowDestroy ? request.Reason : null,
        };
    }

    private static IEnumerable<string> Effects(ImmutableArray<ResourceChange> changes) =>
        changes
            .Where(change => change.Actions is not ["no-op"])
            .Select(change => $"{string.Join(" and ", change.Actions)} {change.Address}");
}
