namespace Slipway.Pipeline;

/// <summary>
/// What a run holds of its environment while it changes it: the claim that keeps others out, and the watch that starts
/// again what dies of the serving side. Both end with the run, or before it when only looking is left.
/// </summary>
public sealed class EnvironmentHold
{
    private IDisposable? _claim;
    private IAsyncDisposable? _watch;

    public void Take(IDisposable claim) => _claim = claim;

    public void Take(IAsyncDisposable? watch) => _watch = watch;

    public async Task ReleaseAsync()
    {
        var (claim, watch) = (_claim, _watch);
        (_claim, _watch) = (null, null);
        if (watch is not null)
            await watch.DisposeAsync();
        claim?.Dispose();
    }
}
