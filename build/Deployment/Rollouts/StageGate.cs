namespace Slipway.Rollouts;

/// <summary>
/// What stands between a passed stage and the next one: a person's approval, then a freeze window. The approval is asked
/// for where the deployment runs; a promotion from another terminal is one, too.
/// </summary>
internal sealed class StageGate : IDisposable
{
    private readonly CancellationTokenSource question;
    private readonly Task<ApprovalAnswer>? approval;
    private readonly IFreezeCalendar? freeze;
    private readonly string stage;
    private ApprovalAnswer? given;

    /// <param name="ask">Asks a person; null where nobody has to approve. Its token ends with the gate.</param>
    public StageGate(
        Func<CancellationToken, Task<ApprovalAnswer>>? ask,
        IFreezeCalendar? freeze,
        string stage,
        CancellationToken cancellation
    )
    {
        question = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        (this.freeze, this.stage) = (freeze, stage);
        approval = ask?.Invoke(question.Token);
    }

    public RolloutPhase Phase { get; private set; } = RolloutPhase.AwaitingApproval;

    public string Message { get; private set; } = "";

    public bool AwaitsApproval => approval is { IsCompleted: false } && given is null;

    /// <summary>A person said yes elsewhere: the question is not waited for any more.</summary>
    public void Approve(string by, string? reason) => given = new(true, by, reason);

    /// <returns>The end of the wait; null while it goes on.</returns>
    public WatchResult? Look(DateTimeOffset now)
    {
        if (AwaitsApproval)
            return Wait(
                RolloutPhase.AwaitingApproval,
                $"stage {stage} waits for an approval (./build.sh --target=Promote --reason=\"…\" gives it)"
            );
        // A question that could not be asked is an error of the run, not a no.
        given ??= approval?.GetAwaiter().GetResult();
        if (given is { Granted: false } refused)
            return new(
                WatchEnd.Abort,
                "refused",
                $"stage {stage} refused by {refused.By}: {refused.Reason ?? "no reason given"}"
            );
        if (freeze?.OpenAt(now) is { } window)
            return Wait(
                RolloutPhase.AwaitingThaw,
                $"stage {stage} waits for the end of the freeze window \"{window}\""
            );
        return new(WatchEnd.Passed, "healthy", "") { Approval = given };
    }

    public void Dispose()
    {
        question.Cancel();
        question.Dispose();
    }

    private WatchResult? Wait(RolloutPhase phase, string message)
    {
        (Phase, Message) = (phase, message);
        return null;
    }
}
