using Slipway.Canary;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Keeps every tick of a rollout in the run folder, and says what changes.</summary>
public sealed class RolloutRecorder(StageRun run) : IRolloutObserver, IAsyncDisposable
{
    public const string TicksFile = "rollout/ticks.ndjson";

    private readonly LineLog _ticks = run.Folder.OpenLines(TicksFile);
    private string _said = "";

    public Task TickedAsync(TickLine line, CancellationToken cancellation) =>
        _ticks.AppendAsync(TickLog.Write(line), cancellation);

    public void Changed(RolloutState state)
    {
        var line = RolloutView.RenderPlain(state);
        if (line == _said)
            return;
        _said = line;
        run.Info(line);
    }

    public ValueTask DisposeAsync() => _ticks.DisposeAsync();
}
