using Cake.Frosting;
using Slipway.Builds;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Rollouts;

namespace Slipway.Pipeline.Tasks;

[TaskName("Rollout")]
[TaskDescription(
    "Starts the candidate beside the stable version, shifts traffic step by step, and takes it back on a bad verdict"
)]
[IsDependentOn(typeof(Migrate))]
public sealed class Rollout : Stage<RolloutResult>
{
    protected override bool Holds(RolloutResult output) => output.Result == RolloutOutcome.Promoted;

    protected override async Task<RolloutResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var images = await run.ReadAsync<ImageSet>();
        await run.ReadAsync<MigrationResult>();
        var outputs = await run.ReadAsync<InfrastructureOutputs>();
        var site = run.Context.Site;
        var serving = (await site.ServingAsync(run.Folder, outputs, release.Region, run.Cancellation)).Single();
        await using var traffic = await RolloutTraffic.StartAsync(run.Context, serving);
        await using var outage = SharedOutage.Start(run, release, serving.Router);
        await using var observer = new RolloutRecorder(run);
        var result = await new RolloutMachine(
            RolloutPlans.Of(run.Context, release, images, site.CandidateSettings(release)),
            RolloutPlans.Ports(run.Context, serving, observer)
        ).RunAsync(run.Cancellation);
        run.Info(await traffic.EndAsync());
        await run.NoteAsync(RolloutRecorder.TicksFile);
        if (result.Result != RolloutOutcome.Promoted)
        {
            // The output stays for the report; as it does not hold, a resumed run rolls out anew.
            await run.WriteAsync(result);
            throw new PipelineException(
                result.Result == RolloutOutcome.Held ? ExitCode.Held : ExitCode.RolledBack,
                $"{release.Version} does not serve: {result.Reason}",
                next: result.Result == RolloutOutcome.Held
                    ? $"./build.sh --target=Deploy --resume --deployment-id={run.Id}"
                    : $"look at {run.Folder.PathOf("rollout")}, mend the release, and deploy its next version"
            );
        }
        run.Info(
            $"{result.Serving} serves; {(result.Warm is null ? "nothing served before" : $"{result.Warm} stays warm until {result.WarmUntil:HH:mm} UTC")}"
        );
        return result;
    }
}
