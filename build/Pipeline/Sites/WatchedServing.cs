using Slipway.Rollouts;

namespace Slipway.Pipeline.Sites;

/// <summary>A router whose swap takes turns with repairs. Taking traffic back never waits for anybody.</summary>
public sealed class WatchedRouter(ITrafficRouter router, RepairTurns turns) : ITrafficRouter
{
    public Task<RouterState> ReadAsync(CancellationToken cancellation) => router.ReadAsync(cancellation);

    public Task SetCandidateShareAsync(int percent, CancellationToken cancellation) =>
        router.SetCandidateShareAsync(percent, cancellation);

    public Task SwapAsync(CancellationToken cancellation) =>
        turns.ChangeAsync(() => router.SwapAsync(cancellation), cancellation);
}

/// <summary>A workload whose stops take turns with repairs.</summary>
public sealed class WatchedWorkload(IWorkload workload, RepairTurns turns) : IWorkload
{
    public Task<ArmState> ReadAsync(Arm arm, CancellationToken cancellation) => workload.ReadAsync(arm, cancellation);

    public Task StartCandidateAsync(CandidateStart start, CancellationToken cancellation) =>
        workload.StartCandidateAsync(start, cancellation);

    public Task StopCandidateAsync(TimeSpan drainTimeout, CancellationToken cancellation) =>
        turns.ChangeAsync(() => workload.StopCandidateAsync(drainTimeout, cancellation), cancellation);

    public async Task<int> RepairStableAsync(CancellationToken cancellation)
    {
        var repaired = 0;
        await turns.ChangeAsync(async () => repaired = await workload.RepairStableAsync(cancellation), cancellation);
        return repaired;
    }
}
