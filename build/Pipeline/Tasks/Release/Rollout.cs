using Cake.Frosting;
using Slipway.Builds;
using Slipway.Infrastructure;
using Slipway.Migrations;
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

    /// <summary>What was taken back since (an abort whose deployment died over it) is rolled out anew.</summary>
    protected override bool Holds(RolloutResult output, DeploymentContext context) =>
        context.Recovery.ServesAsync(context.Runs.Current).GetAwaiter().GetResult();

    protected override async Task<RolloutResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var images = await run.ReadAsync<ImageSet>();
        await run.ReadAsync<MigrationResult>();
        var outputs = await run.ReadAsync<InfrastructureOutputs>();
        var sides = await run.Context.Site.ServingAsync(run.Folder, outputs, release.Region, run.Cancellation);
        RolloutWavesEnd end;
        await using (var rollout = new RegionalRollout(run, release, images))
            end = await rollout.RunAsync(sides);
        foreach (var side in sides)
            if (run.Folder.Has(RolloutRecorder.TicksFileOf(side.Region)))
                await run.NoteAsync(RolloutRecorder.TicksFileOf(side.Region));
        foreach (var line in end.Lines)
            run.Info(line);
        if (end.Result.Result != RolloutOutcome.Promoted)
        {
            // The output stays for the report; as it does not hold, a resumed run rolls out anew.
            var failure = end.ToFailure(release, run.Folder.PathOf("rollout"));
            await run.WriteAsync(end.Result);
            throw failure;
        }
        run.Info(
            $"{end.Result.Serving} serves; {(end.Result.Warm is null ? "nothing served before" : $"{end.Result.Warm} stays warm until {end.Result.WarmUntil:HH:mm} UTC")}"
        );
        return end.Result;
    }
}
