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
        ImmutableArray<RolloutWaveResult> earlier =
        [
            .. PassedWaves.Read(
                await run.Folder.TryReadTextAsync(PassedWaves.FileName, PassedWaves.LargestFile, CancellationToken.None)
            ),
            .. run.Folder.TryRead<RolloutResult>()?.Waves ?? [],
        ];
        var waves = new RolloutWaves([.. sides.Select((side, index) => Wave(side, index + 1, sides.Length))])
        {
            OnPassed = ended => KeepAsync([.. ended.Select(wave => wave.After(earlier))]),
        };
        return (await waves.RunAsync(run.Cancellation)).After(earlier);
    }

    /// <summary>A disk that refuses costs the record some lines, not the users of the next region their rollout.</summary>
    private async Task KeepAsync(ImmutableArray<RolloutWaveResult> passed)
    {
        try
        {
            await run.Folder.WriteTextAsync(PassedWaves.FileName, PassedWaves.Write(passed), CancellationToken.None);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            run.Warn($"a run that is resumed after this one will not know the stages so far: {refused.Message}");
        }
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
