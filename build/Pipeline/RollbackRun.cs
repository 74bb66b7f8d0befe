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

    /// <summary>Of a switch that was made before the rollback was written down.</summary>
    public double SecondsToSwitch { get; init; }

    public async Task<Incident> RunAsync(CancellationToken cancellation)
    {
        var folder = context.Runs.Open(context.Releases.NewId(Plan.To.CommitSha));
        var release = Release(folder.DeploymentId);
        await folder.WriteAsync(release, cancellation);
        var sides = ImmutableArray.CreateBuilder<Serving>();
        foreach (var (side, plan) in decided.Regions)
            sides.Add(plan.Kind == RollbackKind.Cold ? await StartAsync(folder, release, side, cancellation) : side);
        var switched = await SwitchAsync(sides);
        await folder.WriteAsync(Rollout(folder.DeploymentId, switched), CancellationToken.None);
        var restore = context.Request.RestoreDatabase ? await RestoreAsync(folder) : null;
        var smoke = await SmokeAsync(folder.DeploymentId, sides);
        await folder.WriteAsync(smoke, CancellationToken.None);
        var incident = new Incident(
            folder.DeploymentId,
            decided.Selection,
            Plan,
            context.Origin.Actor,
            decided.Reason,
            _startedAt,
            context.Time.GetUtcNow(),
            Math.Max(SecondsToSwitch, switched.Max(one => one.Result.SecondsToSwitch)),
            smoke.Checks,
            restore
        );
        await AtomicFile.WriteAsync(
            folder.PathOf(IncidentReport.FileName),
            IncidentReport.Write(incident),
            CancellationToken.None
        );
        // The rollback has happened, and is written down even where the ledger does not take the restore.
        try
        {
            if (restore is not null)
                await new DatabaseRestore(context).WriteDownAsync(restore, folder.DeploymentId);
        }
        finally
        {
            await RecordAsync(folder, release);
        }
        return incident;
    }

    /// <summary>The newest wave first; a region that is stuck does not keep the others from going back.</summary>
    private async Task<ImmutableArray<(Serving Serving, HotRollbackResult Result)>> SwitchAsync(
        IEnumerable<Serving> sides
    )
    {
        var switched = new List<(Serving Serving, HotRollbackResult Result)>();
        await EveryRegion.DoAsync(
            sides.Reverse(),
            async side =>
            {
                var result = await new HotRollback(context.Time, side.Router, side.Workload, side.Probe).RunAsync(
                    Plan.To.Version,
                    CancellationToken.None
                );
                switched.Insert(0, (side, result));
                var said = $"{result.Serving} has all traffic, switched in {result.SecondsToSwitch:0.00} s";
                context.Say(side.Say(said));
                return said;
            }
        );
        return [.. switched];
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
            Region = context.Request.Region,
            PreviousVersion = Plan.From,
            PreviousCommitSha = decided.TagCommit,
            TriggeredBy = context.Origin.Actor,
            WorkflowRunId = context.Origin.RunId,
            ForceReason = $"rollback from {Plan.From}: {decided.Reason}",
        };

    /// <summary>Starts what was built for the version then, beside the one that serves.</summary>
    private async Task<Serving> StartAsync(
        RunFolder folder,
        Release release,
        Serving side,
        CancellationToken cancellation
    )
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
        context.Say(side.Say($"starts {Plan.To.Version} again, as {built.DeploymentId} has built it"));
        var sides = await context.Site.ServingAsync(
            built,
            Runs.Peek<InfrastructureOutputs>(built),
            side.Region,
            cancellation
        );
        var serving = sides.Single();
        await serving.Workload.StartCandidateAsync(
            new(
                Plan.To.Version,
                folder.DeploymentId,
                images.Images,
                context.Site.CandidateSettings(release, side.Region)
            ),
            cancellation
        );
        return serving;
    }

    private RolloutResult Rollout(string id, ImmutableArray<(Serving Serving, HotRollbackResult Result)> switched)
    {
        var now = context.Time.GetUtcNow();
        var left = switched.Select(one => one.Result.Left).Distinct().ToArray() is [var same] ? same : null;
        return new()
        {
            DeploymentId = id,
            StartedAt = _startedAt,
            FinishedAt = now,
            Result = RolloutOutcome.Promoted,
            Serving = Plan.To.Version,
            Warm = left,
            WarmUntil = left is null ? null : now + context.Destination.RollbackWindow,
            Stages = [.. decided.Regions.Select(region => Stage(region.Serving.Region, region.Plan, now))],
            Waves =
            [
                .. switched
                    .Where(one => one.Serving.Region is not null)
                    .Select(one => new RolloutWaveResult(
                        one.Serving.Region!,
                        RolloutOutcome.Promoted,
                        one.Result.Serving,
                        []
                    )
                    {
                        Warm = one.Result.Left,
                        WarmUntil = one.Result.Left is null ? null : now + context.Destination.RollbackWindow,
                    }),
            ],
        };
    }

    private RolloutStageResult Stage(string? region, RollbackPlan plan, DateTimeOffset now) =>
        new("rollback", 100, _startedAt, (now - _startedAt).TotalSeconds, "healthy", 0, 0, 0, 0, plan.Why)
        {
            Region = region,
        };

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
                Store = await context.OpenBackupsAsync(CancellationToken.None),
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

    private async Task<SmokeResult> SmokeAsync(string id, IEnumerable<Serving> sides)
    {
        var startedAt = context.Time.GetUtcNow();
        var checks = await new SmokeChecks(context.Destination, context.Time).RunAsync(
            sides.Select(side => (side, Plan.To.Version)),
            await context.Site.DatabaseUrlAsync(CancellationToken.None),
            CancellationToken.None,
            isOlder: true
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
        var stays = await EveryRegion.WhyTheTagStaysAsync(context, Plan.To.Version, CancellationToken.None);
        await context.Ledger.AppendAsync(record, stays is null ? release : null, CancellationToken.None);
        context.Say(stays ?? $"{context.Destination.Name} names {Plan.To.Version} again");
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
