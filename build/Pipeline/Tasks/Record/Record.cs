using Cake.Frosting;
using Slipway.Pipeline.Sites;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Tools;
using Slipway.Validation;

namespace Slipway.Pipeline.Tasks;

[TaskName("Record")]
[TaskDescription(
    "Moves the environment tag, appends to the ledger, and writes the deployment record and how to roll back"
)]
[IsDependentOn(typeof(ProductionValidation))]
public sealed class Record : ReleasedStage<DeploymentRecord>
{
    private const string Instructions = "rollback-instructions.md";

    protected override bool Holds(DeploymentRecord output) =>
        output.Status == DeploymentRecords.TextOf(DeploymentStatus.Success);

    /// <summary>Asked once, at the last moment: after it a rollback is the way back.</summary>
    protected override bool CanBeAborted => false;

    /// <summary>The tag has moved by then: what dies now is started again, and is the business of the rollback window.</summary>
    protected override void Verify(StageRun run) { }

    protected override async Task<DeploymentRecord> ExecuteAsync(StageRun run)
    {
        await run.ReadAsync<ValidationResult>();
        var release = await run.ReadAsync<Release>();
        var record = DeploymentRecords.Compose(
            run.Outputs(),
            DeploymentStatus.Success,
            run.StartedAt,
            run.Context.Time.GetUtcNow()
        ) with
        {
            Attempt = await run.Context.Ledger.NextAttemptAsync(run.Id, run.Cancellation),
        };
        await run.Folder.WriteTextAsync(
            Instructions,
            RollbackInstructions.Markdown(record, run.Context.Destination),
            run.Cancellation
        );
        await run.NoteAsync(Instructions);
        // The tag is never moved to a version that does not serve.
        await new LateRequests(run.Context, run.Folder).CloseAsync(run.Cancellation);
        var stays = await EveryRegion.WhyTheTagStaysAsync(run.Context, release.Version, run.Cancellation);
        await run.Context.Ledger.AppendAsync(
            run.Folder.Redacted(record),
            stays is null ? release : null,
            run.Cancellation
        );
        run.Info(
            $"{stays ?? $"{release.Environment} now names {release.Version}"}; rollback {(record.RollbackAvailable ? $"until {record.RollbackDeadline:HH:mm} UTC" : "has nothing to go back to")}"
        );
        return record;
    }
}
