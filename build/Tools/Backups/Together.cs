using System.Runtime.ExceptionServices;

namespace Slipway.Tools;

/// <summary>Work that is worthless in part: when one fails, the others are ended, too.</summary>
internal static class Together
{
    /// <summary>All have ended afterwards; what is thrown is the failure, not the cancellation that it caused in the others.</summary>
    public static async Task RunAsync(CancellationToken cancellation, params Func<CancellationToken, Task>[] works)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var all = Task.WhenAll(works.Select(work => EndOthersAsync(work, either)).ToArray());
        try
        {
            await all;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested && all.Exception is { } failures)
        {
            if (
                failures.InnerExceptions.FirstOrDefault(failure => failure is not OperationCanceledException) is
                { } cause
            )
                ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    private static async Task EndOthersAsync(Func<CancellationToken, Task> work, CancellationTokenSource either)
    {
        try
        {
            await work(either.Token);
        }
        catch
        {
            await either.CancelAsync();
            throw;
        }
    }
}
