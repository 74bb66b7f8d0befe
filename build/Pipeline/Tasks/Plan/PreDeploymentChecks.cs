using Cake.Frosting;
using Slipway.Checks;
using Slipway.Pipeline.Sites;
using Slipway.Releases;

namespace Slipway.Pipeline.Tasks;

[TaskName("PreDeploymentChecks")]
[TaskDescription(
    "Required checks green, security audit, clean working tree, no freeze window, a version that may follow"
)]
[IsDependentOn(typeof(ValidateRelease))]
public sealed class PreDeploymentChecks : Stage<ChecksResult>
{
    /// <summary>Other secrets are checked, and recorded, anew.</summary>
    protected override bool Holds(ChecksResult output, DeploymentContext context) =>
        output.SecretsSha256 == context.SecretsAsync(context.Cancellation).GetAwaiter().GetResult()?.FileSha256;

    protected override async Task<ChecksResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var context = run.Context;
        var reason = context.Request.Force ? context.Request.Reason : null;
        var source = new CommitChecks(context);
        var secrets = await context.SecretsAsync(run.Cancellation);
        CheckResult[] checks =
        [
            .. await source.RequiredAsync(release, run.Cancellation),
            await source.AuditAsync(release, run.Line, run.Cancellation),
            await source.WorkingTreeAsync(run.Cancellation),
            FreezeCalendar.Check(context.Destination.FreezeWindows, context.Time.GetUtcNow(), reason),
            await EveryRegion.CheckOrderAsync(context, release, reason, run.Cancellation),
            SecretsCheck.Of(context.Destination, secrets),
        ];
        foreach (var check in checks)
            run.Info($"{check.Status.ToString().ToLowerInvariant()} {check.Name}: {check.Detail}");
        ChecksVerdict.Demand(checks);
        var approval = new EnvironmentApproval(context).Ask(release, run.Cancellation);
        run.Info($"{approval.Status.ToString().ToLowerInvariant()} {approval.Name}: {approval.Detail}");
        return new()
        {
            DeploymentId = run.Id,
            Checks = [.. checks, approval],
            SecretsSha256 = secrets?.FileSha256,
        };
    }
}
