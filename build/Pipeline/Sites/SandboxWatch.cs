namespace Slipway.Pipeline.Sites;

/// <summary>
/// What a cloud does by itself and a sandbox does not: while a deployment runs, a load balancer, a database or an
/// instance of the serving version that died is started again within a second or two.
/// </summary>
public sealed class SandboxWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(20);

    private readonly SandboxSite _site;
    private readonly RepairTurns _turns;
    private readonly Action<string> _say;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _looks;
    private readonly Task _loop;
    private string _complaint = "";
    private bool _isUp;

    public SandboxWatch(SandboxSite site, RepairTurns turns, Action<string> say, TimeProvider time)
    {
        (_site, _turns, _say, _time, _isUp) = (site, turns, say, time, site.HasState);
        _looks = new(Timeout.InfiniteTimeSpan, time);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>
    /// What died in the last moment of the run is started again, too: after it nobody watches. What is being started again
    /// is not broken off, or it would live and serve nobody.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _looks.CancelAfter(LastLook);
        await _ended.CancelAsync();
        await _loop;
        await TryLookAsync();
        _ended.Dispose();
        _looks.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            await TryLookAsync();
            await Task.Delay(Interval, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryLookAsync()
    {
        try
        {
            await LookAsync(_looks.Token);
            _complaint = "";
        }
        catch (OperationCanceledException) when (_looks.IsCancellationRequested)
        {
            Complain($"not within {LastLook.TotalSeconds:0} s; ./build.sh --target=SandboxUp tries it again");
        }
        // Whatever it is: a watch that ended over it would let users wait for the end of the run.
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Complain(failure.Message);
        }
    }

    /// <summary>It is tried again soon: told once, not at every look.</summary>
    private void Complain(string problem)
    {
        if (_complaint != problem)
            _say($"could not be started again: {problem}");
        _complaint = problem;
    }

    private async Task LookAsync(CancellationToken ended)
    {
        // What Terraform is still bringing up for the first time is not dead.
        _isUp = _isUp || (_site.HasState && (await _site.DeadPartsAsync(ended)).IsEmpty);
        if (!_isUp)
            return;
        foreach (var healed in await _site.HealPartsAsync(ended))
            _say($"{healed} had died and was started again");
        await _turns.RepairAsync(
            async cancellation =>
            {
                foreach (var version in await _site.RepairServingAsync(cancellation))
                    _say($"instances of {version} had died and were started again");
            },
            ended
        );
    }
}
