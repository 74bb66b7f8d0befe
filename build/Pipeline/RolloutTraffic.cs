using System.Globalization;
using Slipway.Pipeline.Sites;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>The synthetic users of a rollout where no real ones bring traffic; counts what each version answered.</summary>
public sealed class RolloutTraffic : IAsyncDisposable
{
    /// <summary>However long a rollout may be held, its traffic ends.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    private readonly SyntheticTraffic? _traffic;

    private readonly Action<string> _say;

    private RolloutTraffic(SyntheticTraffic? traffic, Action<string> say) => (_traffic, _say) = (traffic, say);

    /// <summary>Starts it, unless nothing serves yet: then there is nobody who could answer.</summary>
    /// <param name="say">Is told at the end what users would have seen.</param>
    /// <param name="limit">When it ends by itself.</param>
    public static async Task<RolloutTraffic> StartAsync(
        DeploymentContext context,
        Serving serving,
        Action<string> say,
        TimeSpan? limit = null
    )
    {
        var settings = context.Destination.Rollout;
        var stable = await serving.Workload.ReadAsync(Arm.Stable, context.Cancellation);
        return new(
            settings.SyntheticRequestsPerSecond == 0 || stable.Version is null
                ? null
                : SyntheticTraffic.Start(
                    new TrafficSettings(
                        serving.PublicUrl,
                        settings.SyntheticRequestsPerSecond,
                        UserPaths.OfTraffic(context.Destination),
                        limit ?? Limit
                    ),
                    context.Time
                ),
            text => say(serving.Say(text))
        );
    }

    /// <summary>Ends the traffic, and says what users would have seen.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_traffic is null)
        {
            _say("no synthetic traffic");
            return;
        }
        await using (_traffic)
        {
            var report = await _traffic.StopAsync();
            _say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Sent} synthetic requests, {report.Lost} lost by the machinery"
                ) + (report.FirstFailure is null ? "" : $" ({report.FirstFailure})")
            );
        }
    }
}
