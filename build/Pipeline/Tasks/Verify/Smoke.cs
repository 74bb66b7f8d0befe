using Cake.Frosting;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Smoke;

namespace Slipway.Pipeline.Tasks;

[TaskName("Smoke")]
[TaskDescription("Asks every service's /health through the load balancer, the database, and the critical endpoints")]
[IsDependentOn(typeof(Rollout))]
public sealed class Smoke : ReleasedStage<SmokeResult>
{
    protected override async Task<SmokeResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        await run.ReadAsync<RolloutResult>();
        var outputs = await run.ReadAsync<InfrastructureOutputs>();
        var sides = await run.Context.Site.ServingAsync(run.Folder, outputs, release.Region, run.Cancellation);
        var checks = await new SmokeChecks(run.Context.Destination, run.Context.Time).RunAsync(
            sides,
            release.Version,
            await run.Context.Site.DatabaseUrlAsync(run.Cancellation),
            run.Cancellation
        );
        foreach (var check in checks)
            run.Info(
                $"{(check.Passed ? "passed" : "FAILED")} {check.Name} {check.Target} {check.Milliseconds:0} ms {check.Detail}"
            );
        if (checks.Where(check => !check.Passed).ToArray() is { Length: > 0 } failed)
            throw new PipelineException(
                $"{failed.Length} of {checks.Length} smoke checks failed: "
                    + string.Join("; ", failed.Select(check => $"{check.Name} {check.Target}: {check.Detail}")),
                next: "look at the log of the service that is named; deploy again when it is mended"
            );
        return new() { DeploymentId = run.Id, Checks = checks };
    }
}
