using System.Diagnostics;
using System.Globalization;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>A request that nobody answered as it should be, and what it met instead.</summary>
/// <param name="At">When it was sent: what the program and the services logged then says why.</param>
internal sealed record LostRequest(DateTimeOffset At, TimeSpan Took, string Path, string Met)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{At:HH:mm:ss.fff} /{Path} after {Took.TotalMilliseconds:0} ms: {Met}"
        );
}

/// <param name="SecondsWithout">Sum over all times from a failed request to the next answered one.</param>
/// <param name="Stall">The longest time, in seconds, that the probe itself did not get to send: the machine was busy.</param>
internal sealed record ProbeReport(int Sent, double SecondsWithout, LostRequest[] Lost, double Stall)
{
    public int Failed => Lost.Length;

    /// <summary>For the message of a test that failed.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Failed} of {Sent} requests were lost, {SecondsWithout:0.00} s without service; the probe itself was held up for {Stall:0.00} s at most\n"
        ) + string.Join('\n', Lost.Select(lost => lost.ToString()));
}

/// <summary>
/// A user who asks twenty times a second, in turn with a new connection and with one that is kept, and notes when nobody
/// answers and what there was instead of an answer.
/// </summary>
internal sealed class SteadyProbe : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _beat;
    private readonly HttpClient _fresh;
    private readonly HttpClient _kept;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private readonly List<(double At, LostRequest? Lost)> _requests = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Task _loop;
    private double _stall;

    public SteadyProbe(Uri target, int perSecond = 20)
    {
        _beat = TimeSpan.FromSeconds(1.0 / perSecond);
        _fresh = Client();
        _fresh.DefaultRequestHeaders.ConnectionClose = true;
        _kept = Client();
        _loop = Task.Run(LoopAsync);

        HttpClient Client() =>
            new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = target, Timeout = Limit };
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _loop;
        _fresh.Dispose();
        _kept.Dispose();
        _ended.Dispose();
    }

    public ProbeReport Read()
    {
        lock (_lock)
        {
            var without = 0.0;
            double? since = null;
            foreach (var (at, lost) in _requests.OrderBy(request => request.At))
            {
                if (lost is not null)
                    since ??= at;
                else if (since is { } begin)
                    (without, since) = (without + at - begin, null);
            }
            if (since is { } open)
                without += _watch.Elapsed.TotalSeconds - open;
            var all = _requests.Select(request => request.Lost).OfType<LostRequest>();
            return new(_requests.Count, without, [.. all.OrderBy(lost => lost.At)], _stall);
        }
    }

    private async Task LoopAsync()
    {
        var running = new List<Task>();
        for (var beat = 0; !_ended.IsCancellationRequested; beat++)
        {
            var wait = (beat * _beat) - _watch.Elapsed;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
                _stall = Math.Max(_stall, (_watch.Elapsed - (beat * _beat)).TotalSeconds);
            running.RemoveAll(one => one.IsCompleted);
            if (running.Count < 100)
                running.Add(AskAsync(beat % 4 < 2 ? _fresh : _kept, beat % 2 == 0 ? "" : "api/health"));
        }
        await Task.WhenAll(running);
    }

    private async Task AskAsync(HttpClient client, string path)
    {
        var sent = DateTimeOffset.UtcNow;
        var at = _watch.Elapsed;
        string? met = null;
        try
        {
            using var answer = await client.GetAsync(path);
            if (!answer.IsSuccessStatusCode)
                met = $"{(int)answer.StatusCode} {await WhoAsync(answer)}";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
        {
            met = failure is TaskCanceledException ? $"no answer within {Limit.TotalSeconds:0} s" : Innermost(failure);
        }
        lock (_lock)
            _requests.Add((at.TotalSeconds, met is null ? null : new(sent, _watch.Elapsed - at, path, met)));
    }

    /// <summary>Every answer of an instance names its version; what has none is the load balancer's own.</summary>
    private static async Task<string> WhoAsync(HttpResponseMessage answer)
    {
        var text = (await answer.Content.ReadAsStringAsync()).ReplaceLineEndings(" ");
        return answer.Headers.TryGetValues("x-slipway-version", out var versions)
            ? $"from version {string.Join(", ", versions)}: {text[..Math.Min(200, text.Length)]}"
            : "from the load balancer";
    }

    private static string Innermost(Exception failure) =>
        failure.InnerException is { } inner ? Innermost(inner) : $"{failure.GetType().Name}: {failure.Message}";
}
