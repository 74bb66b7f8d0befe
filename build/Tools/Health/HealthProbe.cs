using System.Collections.Immutable;
using Slipway.Rollouts;

namespace Slipway.Tools;

/// <summary>Asks every instance of an arm at once, past the router: one reading per instance.</summary>
public sealed class HealthProbe(IWorkload workload, HealthCheck check) : IHealthProbe
{
    public async Task<ImmutableArray<HealthReading>> ProbeAsync(Arm arm, CancellationToken cancellation)
    {
        var state = await workload.ReadAsync(arm, cancellation);
        return
        [
            .. await Task.WhenAll(
                state.HealthUrls.Select(pair => check.AskAsync(pair.Key, pair.Value, state.Version, cancellation))
            ),
        ];
    }
}
