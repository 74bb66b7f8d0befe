using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>A deployment that has ended well, and whose version is watched through its rollback window.</summary>
public sealed record WatchedRun(RunFolder Folder, Release Release, RolloutResult Rollout)
{
    /// <summary>Bytes: a day of looks every second.</summary>
    private const long LargestTickLog = 128 * 1024 * 1024;

    /// <summary>The deployment that is named, or the environment's newest that has ended well; null when there is none.</summary>
    public static WatchedRun? Find(DeploymentContext context) =>
        (context.Request.DeploymentId is { } id ? [id] : context.Runs.Ids)
            .Select(context.Runs.Look)
            .Select(Of)
            .FirstOrDefault(run => run is not null && run.Release.Environment == context.Destination.Name);

    /// <summary>What the judge has seen: of the rollout, then of earlier watches.</summary>
    public async Task<ImmutableArray<TickLine>> TicksAsync(string? region, CancellationToken cancellation) =>
        [
            .. await ReadAsync(RolloutRecorder.TicksFileOf(region), cancellation),
            .. await ReadAsync(WatchRecorder.TicksFileOf(region), cancellation),
        ];

    private async Task<ImmutableArray<TickLine>> ReadAsync(string file, CancellationToken cancellation) =>
        await Folder.TryReadTextAsync(file, LargestTickLog, cancellation) is { } text ? TickLog.Read(text)
        : Folder.Has(file)
            ? throw new PipelineException($"{Folder.PathOf(file)} is larger than {LargestTickLog} bytes: not read")
        : [];

    private static WatchedRun? Of(RunFolder folder) =>
        Runs.Peek<DeploymentRecord>(folder)?.Status == DeploymentRecords.TextOf(DeploymentStatus.Success)
        && Runs.Peek<Release>(folder) is { } release
        && Runs.Peek<RolloutResult>(folder) is { Result: RolloutOutcome.Promoted } rollout
            ? new(folder, release, rollout)
            : null;
}
