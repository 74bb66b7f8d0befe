using Slipway.Environments;
using Slipway.Rollouts;
using Slipway.Routing;
using Slipway.Tools;

namespace Slipway.Pipeline.Sites;

/// <summary>Opens what counts the two versions' answers in an environment: <c>rollout.metrics</c>.</summary>
public static class MetricsSources
{
    /// <param name="router">The router's own counters, the default.</param>
    /// <param name="stable">Which slot the router calls stable.</param>
    public static IMetricsSource Open(
        MetricsSettings settings,
        IMetricsSource router,
        Func<CancellationToken, Task<Slot>> stable,
        IWorkload workload,
        Workbench tools
    ) =>
        settings switch
        {
            { Source: MetricsSourceKind.Prometheus, Prometheus: { } prometheus } => new PrometheusMetrics(
                new PrometheusApi(CheckConnections.Open(), prometheus.Url, tools.Time),
                prometheus,
                prometheus.ArmBy == ArmNaming.Slot
                    ? async token => await stable(token) is var slot ? new(slot.Name(), slot.Other().Name()) : null
                    : token => VersionsAsync(workload, token)
            ),
            { Source: MetricsSourceKind.CloudWatch, CloudWatch: { } cloudWatch } => new CloudWatchMetrics(
                tools.Runner,
                cloudWatch,
                tools.Time,
                async token => await stable(token)
            ),
            _ => router,
        };

    /// <summary>Before a candidate runs, its name is one that no version has.</summary>
    private static async Task<ArmNames?> VersionsAsync(IWorkload workload, CancellationToken cancellation)
    {
        var serving = (await workload.ReadAsync(Arm.Stable, cancellation)).Version;
        var candidate = (await workload.ReadAsync(Arm.Candidate, cancellation)).Version;
        return serving is null ? null : new(serving.Number, candidate?.Number ?? "-");
    }
}
