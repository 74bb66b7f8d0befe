using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Pipeline.Sites;
using Slipway.Releases;
using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>Puts the waves of a rollout together: plan, ports, log and synthetic users of each region.</summary>
public sealed class RegionalRollout(StageRun run, Release release, ImageSet images) : IAsyncDisposable
{
    private readonly List<RolloutRecorder> _recorders = [];

    public async Task<RolloutWavesEnd> RunAsync(ImmutableArray<Serving> sides)
    {
        var earlier = run.Folder.TryRead<RolloutResult>();
        var end = await new RolloutWaves([
            .. sides.Select((side, index) => Wave(side, index + 1, sides.Length)),
        ]).RunAsync(run.Cancellation);
        return end.After(earlier);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var recorder in _recorders)
            await recorder.DisposeAsync();
    }

    private RolloutWave Wave(Serving side, int wave, int waves)
    {
        var recorder = new RolloutRecorder(run, side.Region, (wave, waves));
        _recorders.Add(recorder);
        return new(
            side.Region,
            RolloutPlans.Of(run.Context, release, images, side.Region, waves),
            RolloutPlans.Ports(run.Context, side, recorder)
        )
        {
            Accompany = async _ => new Company(
                await RolloutTraffic.StartAsync(run.Context, side, run.Info),
                SharedOutage.Start(run, release, side)
            ),
        };
    }

    /// <summary>The outage ends before the users go.</summary>
    private sealed class Company(RolloutTraffic traffic, SharedOutage? outage) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (outage is not null)
                await outage.DisposeAsync();
            await traffic.DisposeAsync();
        }
    }
}
