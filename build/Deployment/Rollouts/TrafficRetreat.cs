using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <param name="SecondsToZero">From the decision to the router's confirmation of 0 %.</param>
/// <param name="Attempts">How often the router was asked.</param>
/// <param name="Stopped">Whether the candidate was drained and stopped.</param>
/// <param name="Note">What is left to do by hand; null when nothing is.</param>
public sealed record RetreatResult(double SecondsToZero, int Attempts, bool Stopped, string? Note);

/// <summary>
/// Takes all traffic back to the stable version. Needs nothing but the router for that; the candidate is drained and
/// stopped only afterwards. Not to be cancelled: an impatient Ctrl-C must not leave users with a bad candidate.
/// Where the stable version has no living instance and cannot be started again, a living candidate keeps its traffic:
/// an answer that may be bad is better than none.
/// </summary>
public sealed class TrafficRetreat(TimeProvider time, ITrafficRouter router, IWorkload workload)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RepairLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private readonly Patience patience = new(time);

    /// <param name="limit">How long a router that does not answer is asked again.</param>
    /// <param name="keepCandidate">Leaves the candidate running without traffic (a rollout that is held).</param>
    /// <exception cref="PipelineException">
    /// The router did not confirm 0 % within the limit; or 0 % would be nobody (exit 11): then nothing was changed.
    /// </exception>
    public async Task<RetreatResult> RunAsync(TimeSpan limit, TimeSpan drainTimeout, bool keepCandidate = false)
    {
        var start = time.GetTimestamp();
        await DemandStableLivesAsync();
        var attempts = await GiveBackAsync(start, limit);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        if (keepCandidate)
            return new(seconds, attempts, false, null);
        var problem = await TryAsync(
            drainTimeout + TimeSpan.FromSeconds(30),
            cancellation => workload.StopCandidateAsync(drainTimeout, cancellation)
        );
        return problem is null
            ? new(seconds, attempts, true, null)
            : new(seconds, attempts, false, $"the candidate has no traffic, but was not stopped: {problem}");
    }

    private async Task DemandStableLivesAsync()
    {
        if (await StrandedAsync() is not { Length: > 0 })
            return;
        var problem = await TryAsync(RepairLimit, workload.RepairStableAsync);
        // A router that has just noticed a death, or a return, may say the other for a moment.
        for (var looks = 0; looks < 8; looks++)
        {
            if (await StrandedAsync() is not { Length: > 0 })
                return;
            await Task.Delay(Look, time, CancellationToken.None);
        }
        throw new PipelineException(
            ExitCode.Held,
            $"the stable version has no living instance of {string.Join(", ", await StrandedAsync())}: the candidate keeps its traffic, "
                + $"because without it nobody would serve{(problem is null ? "" : $" ({problem})")}",
            "a stable version that lives, to take the traffic back to",
            "./build.sh --target=SandboxUp (starts it again), then ./build.sh --target=Abort; or --target=Deploy --resume"
        );
    }

    /// <summary>Services whose users would meet nobody at 0 %. None when the router does not answer: then 0 % is tried as ever.</summary>
    private async Task<ImmutableArray<string>> StrandedAsync()
    {
        try
        {
            var state = await patience.WithinAsync<RouterState?>(
                TimeSpan.FromSeconds(1),
                null,
                async token => await router.ReadAsync(token),
                CancellationToken.None
            );
            return state is null || state.Services.IsDefault
                ? []
                :
                [
                    .. state
                        .Services.Where(service =>
                            service is { IsStableDown: true, CandidateUp: true, CandidateShare: > 0 }
                        )
                        .Select(service => service.Service),
                ];
        }
        catch (PipelineException)
        {
            return [];
        }
    }

    private async Task<int> GiveBackAsync(long start, TimeSpan limit)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        for (var attempt = 1; ; attempt++)
        {
            var problem = await TryAsync(CallLimit, cancellation => router.SetCandidateShareAsync(0, cancellation));
            if (problem is null)
                return attempt;
            if (time.GetElapsedTime(start) + pause > limit)
                throw RouterDead(attempt, problem);
            await Task.Delay(pause, time, CancellationToken.None);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, TimeSpan.TicksPerSecond * 2));
        }
    }

    /// <returns>What went wrong, or null.</returns>
    private async Task<string?> TryAsync(TimeSpan limit, Func<CancellationToken, Task> call)
    {
        try
        {
            var done = await patience.WithinAsync(
                limit,
                false,
                async cancellation =>
                {
                    await call(cancellation);
                    return true;
                },
                CancellationToken.None
            );
            return done ? null : $"no answer within {limit.TotalSeconds:0} s";
        }
        // Whatever it is: giving up here would leave users with a bad candidate, so it is told and tried again.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error.Message;
        }
    }

    private static PipelineException RouterDead(int attempts, string problem) =>
        new(
            ExitCode.Failed,
            $"the router did not take the traffic back ({attempts} attempts): {problem}",
            "a router that answers; the stable version was not touched and runs, the candidate runs too and may still get its last share",
            "bring the router back, then: ./build.sh --target=Abort"
        );
}
