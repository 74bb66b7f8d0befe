using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>What became of a request to a rollout, as the one who asked sees it.</summary>
/// <param name="Done">Whether what was asked for is so.</param>
/// <param name="Keep">Whether the request stays: it was taken, or is still to be obeyed.</param>
public sealed record ControlOutcome(bool Done, bool Keep, string Text)
{
    /// <param name="isWaiting">Whether nobody has taken the request.</param>
    /// <param name="isAlive">Whether a process works on the environment.</param>
    /// <param name="isLate">Whether the time for an answer is over.</param>
    /// <returns>Null while there is nothing to say yet.</returns>
    public static ControlOutcome? Of(
        ControlKind kind,
        string id,
        RolloutState? state,
        bool isWaiting,
        bool isAlive,
        bool isLate
    )
    {
        if (state?.Answered is { } answer && answer.RequestId == id)
            return new(answer.Obeyed, true, answer.Text);
        if (!isAlive)
            return new(false, !isWaiting, "the process of this deployment has ended");
        if (state?.Phase is RolloutPhase.RolledBack or RolloutPhase.Held)
            return new(kind == ControlKind.Abort, !isWaiting, $"the rollout is over: {state.Message}");
        // An abort is obeyed until the deployment is being recorded.
        if (
            state is { Phase: RolloutPhase.Promoted, IsLastWave: true }
            && (kind != ControlKind.Abort || state.IsClosed)
        )
            return new(false, !isWaiting, $"the rollout is over: {state.Message}");
        return isLate ? Late(kind, state, isWaiting) : null;
    }

    private static ControlOutcome Late(ControlKind kind, RolloutState? state, bool isWaiting)
    {
        if (isWaiting && kind == ControlKind.Abort && state is null or { Phase: RolloutPhase.Starting })
            return new(
                true,
                true,
                "its rollout has not begun, and will end before the candidate gets a request (Ctrl-C in its terminal ends it now)"
            );
        return state is null ? new(false, !isWaiting, "the deployment has not come to its rollout yet")
            : isWaiting ? new(false, false, $"the rollout takes no requests now: {RolloutView.RenderPlain(state)}")
            : new(false, true, $"the rollout took the request and has not said what became of it: {state.Message}");
    }
}
