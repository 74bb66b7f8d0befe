using System.Diagnostics;

namespace Slipway.EndToEnd.Tests.Faults;

/// <param name="SecondsWithout">Sum over all times from a failed request to the next answered one.</param>
internal sealed record ProbeReport(int Sent, int Failed, double SecondsWithout);

/// <summary>A user who asks twenty times a second, with a new connection each time, and notes when nobody answers.</summary>
internal sealed class SteadyProbe : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _client;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private readonly List<(double At, bool Answered)> _requests = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Task _loop;

    public SteadyProbe(Uri target)
    {
        _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false })
        {
            BaseAddress = target,
            Timeout = TimeSpan.FromSeconds(5),
        };
        _loop = Task.Run(LoopAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _loop;
        _client.Dispose();
        _ended.Dispose();
    }

    public ProbeReport Read()
    {
        lock (_lock)
        {
            var without = 0.0;
            double? since = null;
            foreach (var (at, answered) in _requests.OrderBy(request => request.At))
            {
                if (!answered)
                    since ??= at;
                else if (since is { } begin)
                    (without, since) = (without + at - begin, null);
            }
            if (since is { } open)
                without += _watch.Elapsed.TotalSeconds - open;
            return new(_requests.Count, _requests.Count(request => !request.Answered), without);
        }
    }

    private async Task LoopAsync()
    {
        var running = new List<Task>();
        for (var beat = 0; !_ended.IsCancellationRequested; beat++)
        {
            var wait = (beat * Beat) - _watch.Elapsed;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            running.RemoveAll(one => one.IsCompleted);
            if (running.Count < 100)
                running.Add(AskAsync(beat % 2 == 0 ? "" : "api/health"));
        }
        await Task.WhenAll(running);
    }

    private async Task AskAsync(string path)
    {
        var at = _watch.Elapsed.TotalSeconds;
        var answered = false;
        try
        {
            using var answer = await _client.GetAsync(path);
            answered = answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
        {
            // Nobody answered: that is what is counted.
        }
        lock (_lock)
            _requests.Add((at, answered));
    }
}
