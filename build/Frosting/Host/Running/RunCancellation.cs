namespace Slipway.Host;

/// <summary>The cancellation of a run, as its tasks see it. Resolve it from the services.</summary>
public sealed class RunCancellation : IDisposable
{
    private readonly CancellationTokenSource _asked;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _forced;

    internal RunCancellation(CancellationToken graceful, CancellationToken forced)
    {
        _forced = CancellationTokenSource.CreateLinkedTokenSource(forced);
        _asked = CancellationTokenSource.CreateLinkedTokenSource(graceful, _forced.Token);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_asked.Token);
    }

    /// <summary>Stop: leave the world in order, then throw <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Stop at once: nobody waits much longer.</summary>
    public CancellationToken Forced => _forced.Token;

    /// <summary>Somebody outside asked for it; <see cref="Token"/> is cancelled after a failure with --fail-fast, too.</summary>
    internal CancellationToken Asked => _asked.Token;

    public void Dispose()
    {
        _stop.Dispose();
        _asked.Dispose();
        _forced.Dispose();
    }

    internal void Cancel() => _asked.Cancel();

    internal void Force() => _forced.Cancel();

    /// <summary>For the scheduler, which must not wait for what tasks do when they are told.</summary>
    internal void StopRunningTasks() => _ = _stop.CancelAsync();
}
