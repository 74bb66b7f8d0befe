using Slipway.Canary;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Keeps the ticks of a watch after those of the rollout, and shows what changes.</summary>
public sealed class WatchRecorder : IRolloutObserver, IAsyncDisposable
{
    private readonly LineLog _ticks;
    private readonly Action<RolloutState> _show;

    /// <exception cref="PipelineException">Another process watches the same deployment (exit 12).</exception>
    public WatchRecorder(RunFolder folder, string? region, Action<RolloutState> show)
    {
        _show = show;
        try
        {
            _ticks = folder.OpenLines(TicksFileOf(region));
        }
        catch (IOException busy)
        {
            throw new PipelineException(
                ExitCode.Locked,
                $"{folder.PathOf(TicksFileOf(region))} cannot be written: {busy.Message}",
                "one watch of a deployment at a time, and room on the disk",
                inner: busy
            );
        }
    }

    /// <summary>Beside the rollout's, so that both together replay to the same verdicts.</summary>
    public static string TicksFileOf(string? region) =>
        region is null ? "watch/ticks.ndjson" : $"watch/{region}/ticks.ndjson";

    public Task TickedAsync(TickLine line, CancellationToken cancellation) =>
        _ticks.AppendAsync(TickLog.Write(line), cancellation);

    public void Changed(RolloutState state) => _show(state);

    public ValueTask DisposeAsync() => _ticks.DisposeAsync();
}
