using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Builds;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollbacks;
using Slipway.Rollouts;
using Slipway.Smoke;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// Does a rollback that was decided: a deployment of its own, with a run folder, a record and an entry in the ledger.
/// From the switch on it is not to be cancelled: what users have then is to be written down.
/// </summary>
public sealed class RollbackRun(DeploymentContext context, DecidedRollback decided)
{
    private readonly DateTimeOffset _startedAt = context.Time.GetUtcNow();

    private RollbackPlan Plan => decided.Plan;

    public async Task<Incident> RunAsync(CancellationToken cancellation)
    {
        var folder = context.Runs.Open(context.Releases.NewId(Plan.To.CommitSha));
        var release = Release(folder.DeploymentId);
        await folder.WriteAsync(release, cancellation);
        var serving =
            Plan.Kind == RollbackKind.Cold ? await StartAsync(folder, release, cancellation) : decided.Serving.Single();
        var switched = await new HotRollback(context.Time, serving.Router, serving.Workload, serving.Probe).RunAsync(
            Plan.To.Version,
            CancellationToken.None
        );
        context.Say($"{switched.Serving} has all traffic, switched in {switched.SecondsToSwitch:0.00} s");
        await folder.WriteAsync(Rollout(folder.DeploymentId, switched), CancellationToken.None);
        var restore = context.Request.RestoreDatabase ? await RestoreAsync(folder) : null;
        var smoke = await SmokeAsync(folder.DeploymentId, serving);
        await folder.WriteAsync(smoke, CancellationToken.None);
        var incident = new Incident(
            folder.DeploymentId,
            decided.Selection,
            Plan,
            context.Origin.Actor,
            decided.Reason,
            _startedAt,
            context.Time.GetUtcNow(),
            switched.SecondsToSwitch,
            smoke.Checks,
            restore
        );
        await AtomicFile.WriteAsync(
            folder.PathOf(IncidentReport.FileName),
            IncidentReport.Write(incident),
            CancellationToken.None
        );
        await RecordAsync(folder, release);
        return incident;
    }

    private Release Release(string id) =>
        new()
        {
            DeploymentId = id,
            StartedAt = _startedAt,
            FinishedAt = _startedAt,
            Version = Plan.To.Version,
            CommitSha = Plan.To.CommitSha,
            GitRef = Plan.To.Version.TagRef,
            Environment = context.Destination.Name,
            PreviousVersion = Plan.From,
            PreviousCommitSha = decided.TagCommit,
            TriggeredBy = context.Origin.Actor,
            WorkflowRunId = context.Origin.RunId,
            ForceReason = $"rollback from {Plan.From}: {decided.Reason}",
        };

    /// <summary>Starts what was built for the version then, beside the one that serves.</summary>
    private async Task<Serving> StartAsync(RunFolder folder, Release release, CancellationToken cancellation)
    {
        var built = context.Runs.Newest(
            context.Destination.Name,
            earlier => earlier.Version == Plan.To.Version && earlier.DeploymentId != folder.DeploymentId,
            ImageSet.FileName
        );
        if (built is null || Runs.Peek<ImageSet>(built) is not { } images)
            throw new PipelineException(
                $"what was built for {Plan.To.Version} is not on this machine any more: {Plan.Why}, so it cannot be started again",
                $"the run folder of its deployment below {context.Runs.Root}",
                $"./build.sh --target=Deploy --environment={context.Destination.Name} --version={Plan.To.Version} --force --reason=\"rollback\""
            );
        context.Say($"starts {Plan.To.Version} again, as {built.DeploymentId} has built it");
        var sides = await context.Site.ServingAsync(
            built,
            Runs.Peek<InfrastructureOutputs>(built),
            release.Region,
            cancellation
        );
        var serving = sides.Single();
        await serving.Workload.StartCandidateAsync(
            new(Plan.To.Version, folder.DeploymentId, images.Images, context.Site.CandidateSettings(release)),
            cancellation
        );
        return serving;
    }

    private RolloutResult Rollout(string id, HotRollbackResult switched)
    {
        var now = context.Time.GetUtcNow();
        return new()
        {
            DeploymentId = id,
            StartedAt = _startedAt,
            FinishedAt = now,
            Result = RolloutOutcome.Promoted,
            Serving = switched.Serving,
            Warm = switched.Left,
            WarmUntil = switched.Left is null ? null : now + context.Destination.RollbackWindow,
            Stages =
            [
                new("rollback", 100, _startedAt, (now - _startedAt).TotalSeconds, "healthy", 0, 0, 0, 0, Plan.Why),
            ],
        };
    }

    private async Task<RestoreResult> RestoreAsync(RunFolder folder)
    {
        var backup = Plan.Restorable!;
        var url =
            await context.Site.DatabaseUrlAsync(CancellationToken.None)
            ?? throw new PipelineException(
                $"{Plan.To.Version} serves, but there is no database to restore {backup.DatabaseBackup!.BackupId} to",
                next: "./build.sh --target=SandboxUp, then this again"
            );
        var result = await new RestorePipeline(context.Time).RunAsync(
            new RestoreRequest
            {
                DeploymentId = backup.DeploymentId,
                Environment = context.Destination.Name,
                Database = PostgresUrl.Parse(url),
                Store = context.Site.Backups,
                Programs = context.Workbench.PostgresPrograms,
                Force = true,
                Reason = decided.Reason,
            },
            progress: null,
            CancellationToken.None
        );
        context.Say(
            $"the database is that of {result.BackupId}: {result.RowsCompared} rows compared, away for {result.SwapSeconds:0.00} s"
                + (result.ReplacedDatabase is { } kept ? $"; what was in use is kept as {kept}" : "")
        );
        result = result with { DeploymentId = folder.DeploymentId };
        await folder.WriteAsync(result, CancellationToken.None);
        return result;
    }

    private async Task<SmokeResult> SmokeAsync(string id, Serving serving)
    {
        var startedAt = context.Time.GetUtcNow();
        var checks = await new SmokeChecks(context.Destination, context.Time).RunAsync(
            [serving],
            Plan.To.Version,
            await context.Site.DatabaseUrlAsync(CancellationToken.None),
            CancellationToken.None
        );
        return new()
        {
            DeploymentId = id,
            StartedAt = startedAt,
            FinishedAt = context.Time.GetUtcNow(),
            Checks = checks,
        };
    }

    private async Task RecordAsync(RunFolder folder, Release release)
    {
        var now = context.Time.GetUtcNow();
        var record = DeploymentRecords.Compose(context.OutputsOf(folder), DeploymentStatus.Success, now, now) with
        {
            RollbackFrom = Plan.From.FullVersion,
            RollbackAvailable = false,
            RollbackDeadline = null,
        };
        await context.Ledger.AppendAsync(record, release, CancellationToken.None);
        await folder.WriteAsync(record, CancellationToken.None);
        var report = await context.Reports.WriteAsync(
            folder,
            DeploymentStatus.Success,
            failure: null,
            CancellationToken.None
        );
        foreach (var left in report.NotSent)
            context.Say(left);
    }
}
