using Cake.Frosting;
using Slipway.Builds;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Smoke;
using Slipway.Validation;

namespace Slipway.Pipeline.Tasks;

[TaskName("ProductionValidation")]
[TaskDescription("Runs the Maestro flows against the deployed system with build_production.apk, or in a browser")]
[IsDependentOn(typeof(Smoke))]
public sealed class ProductionValidation : ReleasedStage<ValidationResult>
{
    protected override async Task<ValidationResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var apk = await run.ReadAsync<ApkArtifact>();
        var outputs = await run.ReadAsync<InfrastructureOutputs>();
        await run.ReadAsync<SmokeResult>();
        var sides = await run.Context.Site.ServingAsync(run.Folder, outputs, release.Region, run.Cancellation);
        var result = await new FlowValidation(run.Context.Workbench).RunAsync(
            run.Context.SubProject,
            run.Folder,
            release,
            apk,
            sides.Single().PublicUrl,
            run.Line,
            run.Cancellation
        );
        foreach (var flow in result.Flows)
            run.Info(
                $"{(flow.ExitCode == 0 ? "passed" : "FAILED")} {flow.FlowFileName} {flow.DurationMilliseconds} ms {flow.Detail}"
            );
        if (result.PlatformReason is { } reason)
            run.Info(reason);
        return result.FrontendMayDeploy
            ? result
            : throw new PipelineException(
                "the deployed system failed its flows, the front end may not be deployed: "
                    + string.Join(
                        "; ",
                        result
                            .Flows.Where(flow => flow.ExitCode != 0)
                            .Select(flow => $"{flow.FlowFileName}: {flow.Detail}")
                    ),
                next: $"look at the screenshots and logs in {run.Folder.PathOf("validation")}"
            );
    }
}
