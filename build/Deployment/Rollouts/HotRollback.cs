using Slipway.Health;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Rollouts;

/// <param name="Serving">Version that serves now.</param>
/// <param name="Left">Version that served until now; it has no traffic and still runs.</param>
/// <param name="SecondsToSwitch">Duration of the switch itself.</param>
public sealed record HotRollbackResult(ProjectVersion Serving, ProjectVersion? Left, double SecondsToSwitch);

/// <summary>Goes back to the version before, which is still warm: one traffic switch.</summary>
public sealed class HotRollback(TimeProvider time, ITrafficRouter router, IWorkload workload, IHealthProbe probe)
{
    /// <param name="expected">Version to go back to; null for whichever is warm.</param>
    /// <exception cref="PipelineException">No warm version, another one than expected, or not healthy: nothing was changed.</exception>
    public async Task<HotRollbackResult> RunAsync(ProjectVersion? expected, CancellationToken cancellation)
    {
        var warm = await workload.ReadAsync(Arm.Candidate, cancellation);
        var serving = await workload.ReadAsync(Arm.Stable, cancellation);
        if (expected is not null && serving.Version == expected && warm.Version != expected)
            return new(expected, warm.Version, 0);
        await DemandHealthyAsync(warm, expected, cancellation);
        var start = time.GetTimestamp();
        await router.SwapAsync(cancellation);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var after = await workload.ReadAsync(Arm.Stable, cancellation);
        if (after.Version != warm.Version)
        {
            throw new PipelineException(
                $"the switch was made, but {Name(after.Version)} serves",
                $"{Name(warm.Version)} serves",
                "./build.sh --target=Status"
            );
        }
        return new(warm.Version!, serving.Version, seconds);
    }

    private async Task DemandHealthyAsync(ArmState warm, ProjectVersion? expected, CancellationToken cancellation)
    {
        if (warm.Version is null || warm.InstancesAlive == 0)
            throw Cold("no version is warm");
        if (expected is not null && warm.Version != expected)
            throw Cold($"{warm.Version} is warm, not {expected}");
        if (warm.InstancesAlive < warm.InstancesWanted)
            throw Cold($"only {warm.InstancesAlive} of {warm.InstancesWanted} instances of {warm.Version} run");
        var health = HealthJudgement.Of(await probe.ProbeAsync(Arm.Candidate, cancellation), warm.Version.Number);
        if (!health.IsHealthy)
            throw Cold($"{warm.Version} is warm but not well: {string.Join("; ", health.Problems)}");
    }

    private static PipelineException Cold(string why) =>
        new(
            $"no hot rollback: {why}",
            "the version before, running and healthy, within the rollback window",
            "./build.sh --target=Rollback --cold"
        );

    private static string Name(ProjectVersion? version) => version?.FullVersion ?? "no version";
}
