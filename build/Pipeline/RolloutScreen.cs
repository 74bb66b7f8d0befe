using Cake.Core.Diagnostics;
using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>
/// What a rollout does, for whoever runs it: in a terminal a tree that is written over, with a line in the log where the
/// phase or the stage changes; elsewhere a line whenever something changes. The log of the task has every line.
/// </summary>
public sealed class RolloutScreen(LiveView? live, ICakeLog log) : IDisposable
{
    private string _said = "";
    private (RolloutPhase, int)? _place;

    public void Show(RolloutState state)
    {
        var line = RolloutView.RenderPlain(state);
        if (line == _said)
            return;
        _said = line;
        var moved = _place != (state.Phase, state.Stage);
        _place = (state.Phase, state.Stage);
        if (live is null || moved)
            log.Information("{0}", line);
        else
            log.Verbose("{0}", line);
        live?.Show(RolloutView.Render(state, live.Width()));
    }

    public void Dispose() => live?.Show([]);
}
