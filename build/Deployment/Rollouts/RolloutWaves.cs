using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <summary>One region's rollout.</summary>
/// <param name="Region">Null for the only wave of an environment without regions.</param>
public sealed record RolloutWave(string? Region, RolloutPlan Plan, RolloutPorts Ports)
{
    /// <summary>What accompanies the wave while it runs (synthetic users, an outage): begun with it, disposed of after it.</summary>
    public Func<CancellationToken, Task<IAsyncDisposable>>? Accompany { get; init; }
}

/// <summary>
/// Rolls a release out region by region, each with a rollout of its own. A wave that does not pass brings the promoted
/// ones before it back, the newest first. One that stands still (held, frozen, waiting for an approval) is no bad
/// verdict: the waves before it keep the new version, and the same call goes on with it later.
/// </summary>
public sealed class RolloutWaves(ImmutableArray<RolloutWave> waves)
{
    private const int Attempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Told after each wave that passed and is not the last: all that have ended by then.</summary>
    public Func<ImmutableArray<RolloutWaveResult>, Task>? OnPassed { get; init; }

    /// <summary>An environment without regions is one rollout: what that throws is thrown.</summary>
    public async Task<RolloutWavesEnd> RunAsync(CancellationToken cancellation)
    {
        if (waves is [{ Region: null } only])
            return new(await RunAsync(only, new(only.Plan, only.Ports), cancellation), [], null);
        var ended = ImmutableArray.CreateBuilder<RolloutWaveResult>();
        Exception? failure = null;
        foreach (var wave in waves)
        {
            var (result, thrown) = await TryAsync(wave, cancellation);
            ended.Add(result);
            failure = thrown;
            if (result.Result != RolloutOutcome.Promoted)
                break;
            if (OnPassed is not null && ended.Count < waves.Length)
                await OnPassed(ended.ToImmutable());
        }
        if (ended[^1] is { Result: RolloutOutcome.RolledBack } bad)
            await BringBackAsync(ended, $"{bad.Region} was taken back");
        return RolloutWavesEnd.Of(waves, ended.ToImmutable(), failure);
    }

    private static async Task<RolloutResult> RunAsync(
        RolloutWave wave,
        RolloutMachine machine,
        CancellationToken cancellation
    )
    {
        await using var company = wave.Accompany is null ? null : await wave.Accompany(cancellation);
        return await machine.RunAsync(cancellation);
    }

    private static async Task<(RolloutWaveResult, Exception?)> TryAsync(
        RolloutWave wave,
        CancellationToken cancellation
    )
    {
        var machine = new RolloutMachine(wave.Plan, wave.Ports);
        try
        {
            var result = await RunAsync(wave, machine, cancellation);
            return (RolloutWaveResult.Of(wave.Region!, result), null);
        }
        // Whatever it is, the regions before must not be left alone with it; it is thrown on after that.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            var state = machine.State;
            return (
                new RolloutWaveResult(
                    wave.Region!,
                    StandsStill(error, state.Phase) ? RolloutOutcome.Held : RolloutOutcome.RolledBack,
                    state.Phase switch
                    {
                        RolloutPhase.TakingBack => null,
                        RolloutPhase.Promoted => state.Candidate,
                        _ => state.Stable,
                    },
                    machine.Stages
                )
                {
                    Reason = cancellation.IsCancellationRequested ? "cancelled" : error.Message,
                },
                error
            );
        }
    }

    /// <summary>Nothing is wrong with the release, so far: a person or a better time is waited for.</summary>
    private static bool StandsStill(Exception error, RolloutPhase phase) =>
        error is PipelineException { ExitCode: ExitCode.Held or ExitCode.Frozen or ExitCode.Locked }
        && phase != RolloutPhase.TakingBack;

    /// <summary>First the traffic of every region, the newest first; what has none any more is drained after that.</summary>
    private async Task BringBackAsync(ImmutableArray<RolloutWaveResult>.Builder ended, string why)
    {
        var waiting = Enumerable.Range(0, ended.Count - 1).Reverse().ToList();
        var switched = new List<int>();
        for (var attempt = 1; waiting.Count > 0 && attempt <= Attempts; attempt++)
        {
            if (attempt > 1)
                await Task.Delay(Pause, waves[waiting[0]].Ports.Time, CancellationToken.None);
            foreach (var index in waiting.ToArray())
            {
                ended[index] = await SwitchBackAsync(waves[index], ended[index], why);
                if (ended[index].NotBroughtBack is not null)
                    continue;
                waiting.Remove(index);
                switched.Add(index);
            }
        }
        foreach (var index in switched.Where(index => ended[index].Result == RolloutOutcome.RolledBack))
            await StopAsync(waves[index]);
    }

    private static async Task<RolloutWaveResult> SwitchBackAsync(
        RolloutWave wave,
        RolloutWaveResult promoted,
        string why
    )
    {
        if (promoted.Warm is not { } before)
            return promoted with { Reason = $"{why}, and no version served here before: {promoted.Serving} stays" };
        try
        {
            var back = await new HotRollback(
                wave.Ports.Time,
                wave.Ports.Router,
                wave.Ports.Workload,
                wave.Ports.Probe
            ).RunAsync(before, CancellationToken.None);
            return promoted with
            {
                Result = RolloutOutcome.RolledBack,
                Serving = back.Serving,
                Warm = null,
                WarmUntil = null,
                SecondsToZero = back.SecondsToSwitch,
                Reason = why,
                NotBroughtBack = null,
            };
        }
        // Told, and the other regions are brought back all the same.
        catch (Exception stuck) when (stuck is PipelineException or IOException or UnauthorizedAccessException)
        {
            return promoted with { Reason = why, NotBroughtBack = stuck.Message };
        }
    }

    /// <summary>It has no traffic: one that does not end is found by the next deployment, which clears its place.</summary>
    private static async Task StopAsync(RolloutWave wave)
    {
        try
        {
            await wave.Ports.Workload.StopCandidateAsync(wave.Plan.Settings.DrainTimeout, CancellationToken.None);
        }
        catch (Exception stuck) when (stuck is PipelineException or IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
