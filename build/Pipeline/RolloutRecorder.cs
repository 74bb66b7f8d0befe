using Slipway.Canary;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Keeps every tick of a rollout and its state in the run folder, and says what changes.</summary>
public sealed class RolloutRecorder : IRolloutObserver, IAsyncDisposable
{
    public const string TicksFile = "rollout/ticks.ndjson";
    public const string StateFile = "rollout/state.json";

    private readonly RolloutScreen _screen;
    private readonly LineLog _ticks;
    private readonly LatestState _state;

    public RolloutRecorder(StageRun run)
    {
        _screen = new(run.Context.Host.Live, run.Context.Log);
        _ticks = run.Folder.OpenLines(TicksFile);
        _state = new LatestState(
            new RolloutStateFile(run.Folder.PathOf(StateFile), run.Context.Workbench.Redactor.Redact),
            run.Warn
        );
    }

    public Task TickedAsync(TickLine line, CancellationToken cancellation) =>
        _ticks.AppendAsync(TickLog.Write(line), cancellation);

    public void Changed(RolloutState state)
    {
        _state.Write(state);
        _screen.Show(state);
    }

    public async ValueTask DisposeAsync()
    {
        _screen.Dispose();
        await _state.DisposeAsync();
        await _ticks.DisposeAsync();
    }
}
