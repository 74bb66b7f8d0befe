namespace Slipway.Rollouts;

/// <summary>
/// Starts the candidate beside the stable version, and warms it up. The time that takes is used to learn how the stable
/// version usually fails; an abort is obeyed meanwhile.
/// </summary>
internal sealed class CandidateLaunch(
    RolloutPlan plan,
    RolloutPorts ports,
    RolloutTicker ticker,
    RolloutJournal journal,
    WarmUp warmUp
)
{
    private static readonly TimeSpan ControlInterval = TimeSpan.FromSeconds(1);

    /// <returns>Why it was aborted; null when the candidate runs.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellation)
    {
        journal.Say(RolloutPhase.Starting, $"starts {plan.Candidate.Version} without traffic");
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = StartAsync(starting.Token);
        var sinceLook = ports.Time.GetTimestamp();
        string? aborted = null;
        while (!start.IsCompleted)
        {
            await Task.WhenAny(start, Task.Delay(ControlInterval, ports.Time, cancellation));
            if (start.IsCompleted || cancellation.IsCancellationRequested)
                break;
            if (await ports.Control.TakeAsync(cancellation) is { Kind: ControlKind.Abort } abort)
            {
                aborted = $"aborted by {abort.By} while the candidate started";
                await starting.CancelAsync();
                break;
            }
            if (ports.Time.GetElapsedTime(sinceLook) < plan.Settings.CheckInterval)
                continue;
            sinceLook = ports.Time.GetTimestamp();
            journal.Record(await ticker.TakeAsync(0, false, cancellation), RolloutPhase.Starting);
        }
        try
        {
            if (await start is { } warmth)
            {
                journal.Change(journal.State with { WarmUp = warmth });
                journal.Say(RolloutPhase.Starting, warmth.ToString());
            }
        }
        catch (OperationCanceledException) when (aborted is not null) { }
        return aborted;
    }

    private async Task<WarmUpResult?> StartAsync(CancellationToken cancellation)
    {
        await ports.Workload.StartCandidateAsync(plan.Candidate, cancellation);
        return await warmUp.RunAsync(cancellation);
    }
}
