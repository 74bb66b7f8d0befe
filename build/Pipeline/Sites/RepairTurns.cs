using System.Diagnostics.CodeAnalysis;

namespace Slipway.Pipeline.Sites;

/// <summary>
/// Who may change which arm is which: a repair of the stable version gives way at once to a rollout that swaps the arms
/// or stops one of them, and none begins meanwhile.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "lives as long as the process, and a semaphore whose handle nobody asks for holds nothing"
)]
public sealed class RepairTurns
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _repair;

    /// <summary>Does nothing when somebody else has the turn; the next look comes soon enough.</summary>
    public async Task RepairAsync(Func<CancellationToken, Task> repair, CancellationToken cancellation)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellation))
            return;
        using var own = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            lock (_gate)
                _repair = own;
            await repair(own.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Gave way.
        }
        finally
        {
            lock (_gate)
                _repair = null;
            _turn.Release();
        }
    }

    public async Task ChangeAsync(Func<Task> change, CancellationToken cancellation)
    {
        lock (_gate)
            _repair?.Cancel();
        await _turn.WaitAsync(cancellation);
        try
        {
            await change();
        }
        finally
        {
            _turn.Release();
        }
    }
}
