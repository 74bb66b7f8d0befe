using Slipway.Canary;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Keeps every tick of a rollout and its state in the run folder, and says what changes.</summary>
public sealed class RolloutRecorder : IRolloutObserver, IAsyncDisposable
{
    private readonly string? _region;
    private readonly (int Wave, int Waves) _place;
    private readonly RolloutScreen _screen;
    private readonly Lazy<LineLog> _ticks;
    private readonly LatestState _state;

    /// <param name="region">Null without regions.</param>
    /// <param name="place">The number of the wave, from 1, and how many there are.</param>
    public RolloutRecorder(StageRun run, string? region, (int Wave, int Waves) place)
    {
        (_region, _place) = (region, place);
        _screen = new(run.Context.Host.Live, run.Context.Log);
        // A wave that is not begun leaves no log.
        _ticks = new(() => run.Folder.OpenLines(TicksFileOf(region)));
        _state = new LatestState(
            new RolloutStateFile(run.Folder.PathOf(StateFileOf(region)), run.Context.Workbench.Redactor.Redact),
            run.Warn
        );
    }

    public static string TicksFileOf(string? region) =>
        region is null ? TickLog.FileName : $"rollout/{region}/ticks.ndjson";

    public static string StateFileOf(string? region) =>
        region is null ? "rollout/state.json" : $"rollout/{region}/state.json";

    public Task TickedAsync(TickLine line, CancellationToken cancellation) =>
        _ticks.Value.AppendAsync(TickLog.Write(line), cancellation);

    public void Changed(RolloutState state)
    {
        state = state with { Region = _region, Wave = _place.Wave, Waves = _place.Waves };
        _state.Write(state);
        _screen.Show(state);
    }

    public async ValueTask DisposeAsync()
    {
        _screen.Dispose();
        await _state.DisposeAsync();
        if (_ticks.IsValueCreated)
            await _ticks.Value.DisposeAsync();
    }
}
