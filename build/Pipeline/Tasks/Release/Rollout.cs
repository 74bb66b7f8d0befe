using System.Runtime.ExceptionServices;
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
        var result = end.Result;
        if (result.Result != RolloutOutcome.Promoted)
            throw await FailureAsync(run, release, end);
        run.Info(
            $"{result.Serving} serves; {(result.Warm is null ? "nothing served before" : $"{result.Warm} stays warm until {result.WarmUntil:HH:mm} UTC")}"
        );
        return result;
    }

    private static async Task<Exception> FailureAsync(StageRun run, Release release, RolloutWavesEnd end)
    {
        if (end.Failure is not (null or PipelineException))
            ExceptionDispatchInfo.Throw(end.Failure);
        // The output stays for the report; as it does not hold, a resumed run rolls out anew.
        await run.WriteAsync(end.Result);
        return new PipelineException(
            end.ExitCode,
            string.Join('\n', [$"{release.Version} does not serve: {end.Result.Reason}", .. end.Lines]),
            (end.Failure as PipelineException)?.Expected,
            end.Mend(release.Environment)
                ?? (end.Failure as PipelineException)?.Next
                ?? (
                    end.Result.Result == RolloutOutcome.Held
                        ? $"./build.sh --target=Deploy --resume --deployment-id={run.Id}"
                        : $"look at {run.Folder.PathOf("rollout")}, mend the release, and deploy its next version"
                ),
            end.Failure
        );
    }
}
