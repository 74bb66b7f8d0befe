using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// What a deployment that does not succeed leaves: users at the version before, a failure report, an entry in the ledger.
/// It asks the router and the machine what is so; no file is trusted for that.
/// </summary>
public sealed class Recovery(DeploymentContext context)
{
    /// <summary>Takes the traffic back if this deployment's version has any. Not to be cancelled.</summary>
    /// <returns>What was done, or null when there was nothing to take back.</returns>
    public async Task<string?> RestoreServiceAsync(RunFolder folder)
    {
        // A deployment that has ended well is not taken back because somebody repeats one of its stages.
        if (folder.TryRead<DeploymentRecord>()?.Status == DeploymentRecords.TextOf(DeploymentStatus.Success))
            return null;
        if (folder.TryRead<InfrastructureOutputs>() is not { } outputs || folder.TryRead<Release>() is not { } release)
            return null;
        var sides = await context.Site.ServingAsync(folder, outputs, release.Region, CancellationToken.None);
        var serving = sides.Single();
        var stable = await serving.Workload.ReadAsync(Arm.Stable, CancellationToken.None);
        if (stable.DeploymentId == folder.DeploymentId)
            return await SwitchBackAsync(folder, release, serving);
        var candidate = await serving.Workload.ReadAsync(Arm.Candidate, CancellationToken.None);
        if (candidate.DeploymentId != folder.DeploymentId)
            return null;
        if (stable.InstancesAlive < stable.InstancesWanted)
            await serving.Workload.RepairStableAsync(CancellationToken.None);
        var taken = await new TrafficRetreat(context.Time, serving.Router, serving.Workload).RunAsync(
            TimeSpan.FromSeconds(60),
            context.Destination.Rollout.DrainTimeout
        );
        return $"{stable.Version} has all traffic again after {taken.SecondsToZero:0.00} s"
            + (taken.Note is null ? "" : $"; {taken.Note}");
    }

    /// <summary>A failure after the rollout: the version before serves again, and the exit code says so.</summary>
    public async Task<PipelineException> TakeBackAsync(RunFolder folder, PipelineException failure)
    {
        string? done;
        try
        {
            done = await RestoreServiceAsync(folder);
        }
        catch (PipelineException stuck)
        {
            // Two things are wrong, and a person has to look at both.
            return new PipelineException(
                ExitCode.Held,
                $"{failure.Message}\nand the traffic was not taken back: {stuck.Message}",
                stuck.Expected ?? failure.Expected,
                stuck.Next ?? failure.Next,
                failure
            );
        }
        return done is null
            ? failure
            : new PipelineException(
                ExitCode.RolledBack,
                $"{failure.Message}\n{done}",
                failure.Expected,
                failure.Next,
                failure
            );
    }

    /// <summary>Writes the failure report and the record, and appends it to the ledger.</summary>
    public async Task ConcludeAsync(RunFolder folder, DeploymentStatus status, StageFailure failure)
    {
        var now = context.Time.GetUtcNow();
        failure = Redacted(failure);
        if (folder.TryRead<DeploymentRecord>()?.Status == DeploymentRecords.TextOf(DeploymentStatus.Success))
            return;
        var record = DeploymentRecords.Compose(context.OutputsOf(folder), status, now, now, failure) with
        {
            Attempt = await context.Ledger.NextAttemptAsync(folder.DeploymentId, CancellationToken.None),
        };
        await folder.WriteAsync(record, CancellationToken.None);
        await context.Reports.WriteAsync(folder, status, failure, CancellationToken.None);
        await context.Ledger.AppendAsync(folder.Redacted(record), release: null, CancellationToken.None);
    }

    /// <summary>Before a report escapes it for Markdown or HTML: a secret would not be recognised after that.</summary>
    private StageFailure Redacted(StageFailure failure)
    {
        var redactor = context.Workbench.Redactor;
        return failure with
        {
            Message = redactor.Redact(failure.Message),
            Expected = Redact(failure.Expected),
            Next = Redact(failure.Next),
            OutputTail = Redact(failure.OutputTail),
        };

        string? Redact(string? text) => text is null ? null : redactor.Redact(text);
    }

    /// <summary>The first stage that has not written its output, or the rollout that wrote why it did not pass.</summary>
    public static string NextStageOf(RunFolder folder) =>
        RunPlan
            .Stages.FirstOrDefault(stage =>
                !folder.Has(stage.FileName) || (stage.FileName == RolloutResult.FileName && EndedItself(folder))
            )
            ?.Name
        ?? RunPlan.Stages[^1].Name;

    /// <summary>A rollout that passed and was taken back for a later stage's failure has its last stage healthy.</summary>
    private static bool EndedItself(RunFolder folder) =>
        folder.TryRead<RolloutResult>() is { Result: not RolloutOutcome.Promoted } rollout
        && rollout.Stages is not [.., { TrafficPercentage: 100, Status: "healthy" or "promoted" }];

    private async Task<string?> SwitchBackAsync(RunFolder folder, Release release, Serving serving)
    {
        if (release.PreviousVersion is not { } before)
            return null;
        var back = await new HotRollback(context.Time, serving.Router, serving.Workload, serving.Probe).RunAsync(
            before,
            CancellationToken.None
        );
        await serving.Workload.StopCandidateAsync(context.Destination.Rollout.DrainTimeout, CancellationToken.None);
        // The rollout's output no longer holds: a resumed run rolls out anew.
        if (folder.TryRead<RolloutResult>() is { } rollout)
            await folder.WriteAsync(
                rollout with
                {
                    Result = RolloutOutcome.RolledBack,
                    Serving = back.Serving,
                    Warm = null,
                    WarmUntil = null,
                    SecondsToZero = back.SecondsToSwitch,
                },
                CancellationToken.None
            );
        return $"{back.Serving} serves again, switched in {back.SecondsToSwitch:0.00} s";
    }
}
