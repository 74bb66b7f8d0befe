namespace Slipway.Rollouts;

/// <summary>Bounds calls to the outside world in time, by the rollout's own clock.</summary>
internal sealed class Patience(TimeProvider time)
{
    /// <summary>The call's answer, or <paramref name="otherwise"/> when it takes longer than this.</summary>
    public async Task<T> WithinAsync<T>(
        TimeSpan limit,
        T otherwise,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellation
    )
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answer = call(bounded.Token);
        try
        {
            return await answer.WaitAsync(limit, time, cancellation);
        }
        catch (TimeoutException)
        {
            await bounded.CancelAsync();
            Forget(answer);
            return otherwise;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return otherwise;
        }
    }

    /// <summary>An answer that comes too late is nobody's any more, its failure neither.</summary>
    private static void Forget(Task task) =>
        _ = task.ContinueWith(
            late => late.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
