namespace Slipway.Rollouts;

/// <summary>What stands between a passed stage and the next one: a person's approval, then a freeze window.</summary>
internal sealed class StageGate(Task<ApprovalAnswer>? approval, IFreezeCalendar? freeze, string stage)
{
    public RolloutPhase Phase { get; private set; } = RolloutPhase.AwaitingApproval;

    public string Message { get; private set; } = "";

    /// <returns>The end of the wait; null while it goes on.</returns>
    public WatchResult? Look(DateTimeOffset now)
    {
        if (approval is { IsCompleted: false })
            return Wait(RolloutPhase.AwaitingApproval, $"stage {stage} waits for an approval");
        if (approval is { IsCompletedSuccessfully: true } && approval.Result is { Granted: false } refused)
            return new(
                WatchEnd.Abort,
                "refused",
                $"stage {stage} refused by {refused.By}: {refused.Reason ?? "no reason given"}"
            );
        // A question that could not be asked is an error of the run, not a no.
        approval?.GetAwaiter().GetResult();
        return freeze?.OpenAt(now) is { } window
            ? Wait(RolloutPhase.AwaitingThaw, $"stage {stage} waits for the end of the freeze window \"{window}\"")
            : new(WatchEnd.Passed, "healthy", "");
    }

    private WatchResult? Wait(RolloutPhase phase, string message)
    {
        (Phase, Message) = (phase, message);
        return null;
    }
}
