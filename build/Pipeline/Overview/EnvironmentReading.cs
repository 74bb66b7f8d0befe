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

    public async Task<EnvironmentStatus> ReadAsync(DeploymentLedger ledger, CancellationToken cancellation)
    {
        var status = new EnvironmentStatus(environment)
        {
            Running = Running(),
            Last = [.. ledger.Entries.Reverse().Take(Remembered).Select(entry => Past(entry.Record))],
            Findings = [.. ledger.Findings.Select(finding => finding.ToString())],
        };
        try
        {
            var serving = (await site.LookAsync(region: null, cancellation)).Single();
            var stable = await serving.Workload.ReadAsync(Arm.Stable, cancellation);
            var other = await serving.Workload.ReadAsync(Arm.Candidate, cancellation);
            return status with
            {
                Serving = Serving(stable, ledger),
                Warm = Warm(other, status.Running, ledger),
                CandidateShare = (await serving.Router.ReadAsync(cancellation)).CandidateShare,
            };
        }
        catch (PipelineException dead)
        {
            return status with { Unknown = dead.Message };
        }
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
}
