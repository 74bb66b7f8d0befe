using System.Collections.Immutable;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Records;
using Slipway.Rollouts;
using Slipway.Status;

namespace Slipway.Pipeline;

/// <summary>Reads how an environment stands. Everything is asked where it is true: the router, the machine, the ledger.</summary>
public sealed class EnvironmentReading(DeploymentContext context, string environment, ISite site)
{
    private const int Remembered = 5;
    private const int RestoresRemembered = 3;

    public async Task<EnvironmentStatus> ReadAsync(DeploymentLedger ledger, CancellationToken cancellation)
    {
        var status = new EnvironmentStatus(environment)
        {
            Running = Running(),
            Last = [.. ledger.Entries.Reverse().Take(Remembered).Select(entry => Past(entry.Record))],
            Restores = [.. ledger.Restores.Reverse().Take(RestoresRemembered).Select(entry => Past(entry.Record))],
            Findings = [.. ledger.Findings.Select(finding => finding.ToString())],
        };
        if (site.Waves is not [null])
            return status with { Regions = await RegionsAsync(status.Running, ledger, cancellation) };
        try
        {
            var only = (await site.LookAsync(region: null, cancellation)).Single();
            var read = await ReadAsync(only, status.Running, ledger, cancellation);
            return status with { Serving = read.Serving, Warm = read.Warm, CandidateShare = read.CandidateShare };
        }
        catch (PipelineException dead)
        {
            return status with { Unknown = dead.Message };
        }
    }

    /// <summary>What can be said of one region is said, whatever is with the others.</summary>
    private async Task<ImmutableArray<RegionStatus>> RegionsAsync(
        RunningWork? running,
        DeploymentLedger ledger,
        CancellationToken cancellation
    )
    {
        var regions = ImmutableArray.CreateBuilder<RegionStatus>();
        foreach (var region in site.Waves.Where(one => context.Request.Region is not { } asked || one == asked))
            try
            {
                var side = (await site.LookAsync(region, cancellation)).Single();
                regions.Add(await ReadAsync(side, running, ledger, cancellation));
            }
            catch (PipelineException dead)
            {
                regions.Add(new(region!, null, null, 0, dead.Message));
            }
        return regions.ToImmutable();
    }

    private static async Task<RegionStatus> ReadAsync(
        Serving side,
        RunningWork? running,
        DeploymentLedger ledger,
        CancellationToken cancellation
    )
    {
        var stable = await side.Workload.ReadAsync(Arm.Stable, cancellation);
        var other = await side.Workload.ReadAsync(Arm.Candidate, cancellation);
        return new(
            side.Region ?? "",
            Serving(stable, ledger),
            Warm(other, running, ledger),
            (await side.Router.ReadAsync(cancellation)).CandidateShare
        );
    }

    /// <summary>Who works on the environment, and how far it is; cheap enough for every second.</summary>
    public RunningWork? Running()
    {
        if (site.Holder() is not { } holder)
            return null;
        var work = new RunningWork(holder.Name, holder.ProcessId, holder.Since, null, null, null);
        if (context.Runs.Newest(environment) is not { } folder)
            return work;
        var state = new LiveRollout(context, site, folder).State;
        // A folder that ended before the claim was taken is another run's.
        return Runs.Peek<DeploymentRecord>(folder) is { } record && record.Timestamp < holder.Since && state is null
            ? work
            : work with
            {
                DeploymentId = folder.DeploymentId,
                Stage = Recovery.NextStageOf(folder),
                Rollout = state,
            };
    }

    private static ServingVersion? Serving(ArmState arm, DeploymentLedger ledger) =>
        arm.Version is { } version
            ? new(
                version,
                arm.DeploymentId,
                Newest(ledger, version.FullVersion)?.Timestamp,
                arm.InstancesAlive,
                arm.InstancesWanted
            )
            : null;

    private static WarmVersion? Warm(ArmState arm, RunningWork? running, DeploymentLedger ledger)
    {
        // What the rollout under way starts is a candidate, not what is kept for going back.
        if (arm.Version is not { } version || (running is not null && arm.DeploymentId == running.DeploymentId))
            return null;
        var last = ledger.Entries.LastOrDefault(entry => IsSuccess(entry.Record))?.Record;
        return new(version, last?.RollbackDeadline, arm.InstancesAlive, arm.InstancesWanted);
    }

    private static DeploymentRecord? Newest(DeploymentLedger ledger, string version) =>
        ledger.Entries.LastOrDefault(entry => IsSuccess(entry.Record) && entry.Record.Version == version)?.Record;

    private static bool IsSuccess(DeploymentRecord record) =>
        record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success);

    private static PastDeployment Past(DeploymentRecord record) =>
        new(
            record.DeploymentId,
            record.Version,
            record.Status,
            record.Timestamp,
            record.TriggeredBy,
            record.DurationSeconds,
            record.RollbackFrom
        );

    private static PastRestore Past(RestoreRecord record) =>
        new(
            record.BackupId,
            record.Timestamp,
            record.RestoredBy,
            record.Reason,
            record.ReplacedDatabase,
            record.DeploymentId
        );
}
