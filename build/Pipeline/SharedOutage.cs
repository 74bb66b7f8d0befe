using Slipway.Faults;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// <c>--sandbox-fault=shared-outage</c>: once the candidate has traffic, what both versions share fails for a few seconds.
/// Nobody's fault, so the rollout is to hold and then go on.
/// </summary>
public sealed class SharedOutage : IAsyncDisposable
{
    /// <summary>Some looks of both versions side by side come before it, as in a real outage.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _ended;
    private readonly Task _outage;

    private SharedOutage(Task outage, CancellationTokenSource ended) => (_outage, _ended) = (outage, ended);

    /// <returns>Null when the release asks for no such fault.</returns>
    public static SharedOutage? Start(StageRun run, Release release, Serving serving)
    {
        if (
            release.SandboxFault is not { } text
            || SandboxFault.Parse(text) is not { Bearer: FaultBearer.SharedOutage } fault
            || !fault.Hits(serving.Region)
            || run.Context.Site.OutageIn(serving.Region) is not { } outage
        )
            return null;
        var ended = new CancellationTokenSource();
        return new(Task.Run(() => HappenAsync(run, outage, serving.Router, ended.Token)), ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _outage;
        _ended.Dispose();
    }

    private static async Task HappenAsync(
        StageRun run,
        OutageFile outage,
        ITrafficRouter router,
        CancellationToken ended
    )
    {
        try
        {
            while (await ShareAsync(router, ended) < 1)
                await Task.Delay(Look, run.Context.Time, ended);
            await Task.Delay(Calm, run.Context.Time, ended);
            outage.Begin();
            run.Info("injected: what both versions share has failed");
            await Task.Delay(Length, run.Context.Time, ended);
        }
        catch (OperationCanceledException)
        {
            // The rollout has ended before.
        }
        finally
        {
            outage.End();
        }
        run.Info("injected: what both versions share is back");
    }

    private static async Task<double> ShareAsync(ITrafficRouter router, CancellationToken cancellation)
    {
        try
        {
            return (await router.ReadAsync(cancellation)).CandidateShare;
        }
        catch (PipelineException)
        {
            return 0;
        }
    }
}
