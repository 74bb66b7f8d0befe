using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <param name="Target">Base URL on loopback; no other host is ever asked.</param>
/// <param name="Paths">GET paths, asked in turn.</param>
/// <param name="Limit">After this time the traffic ends by itself, whoever forgot it.</param>
public sealed record TrafficSettings(Uri Target, int RequestsPerSecond, ImmutableArray<string> Paths, TimeSpan Limit)
{
    /// <summary>One in so many requests opens a connection of its own, the others keep theirs.</summary>
    public int FreshConnectionEvery { get; init; } = 4;

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <param name="Version">What the answers said in <c>x-slipway-version</c>; empty for requests without an answer that says it.</param>
/// <param name="Broken">No answer: refused, reset, broken off or later than the patience.</param>
/// <param name="MeanMilliseconds">Over answered requests.</param>
public sealed record VersionTraffic(
    string Version,
    long Ok,
    long ClientErrors,
    long ServerErrors,
    long Broken,
    double MeanMilliseconds,
    double MaximumMilliseconds
)
{
    public long Requests => Ok + ClientErrors + ServerErrors + Broken;
}

/// <param name="Sent">Requests begun.</param>
/// <param name="Skipped">Beats of the clock without a request, because too many were waiting for an answer.</param>
/// <param name="FirstFailure">What the first request without an answer met; null when all were answered.</param>
public sealed record TrafficReport(
    long Sent,
    long Skipped,
    ImmutableArray<VersionTraffic> Versions,
    string? FirstFailure
)
{
    /// <summary>Requests that no instance answered: broken ones, and errors that name no version (the router's own).</summary>
    public long Lost =>
        Versions.Sum(version => version.Broken + (version.Version.Length == 0 ? version.ServerErrors : 0));

    public VersionTraffic? Of(string version) => Versions.FirstOrDefault(one => one.Version == version);
}

/// <summary>
/// Steady requests to a sandbox, so that weights and verdicts are about something. Open loop: a slow answer does not slow
/// the next request down. Disposing ends it and waits for what is under way.
/// </summary>
public sealed class SyntheticTraffic : IAsyncDisposable
{
    public const string VersionHeader = "x-slipway-version";

    private const int MostUnderWay = 512;

    private readonly TrafficSettings _settings;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly HttpMessageInvoker _kept;
    private readonly ConcurrentDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private readonly Task _loop;
    private int _underWay;
    private long _sent;
    private long _skipped;
    private string? _firstFailure;

    private SyntheticTraffic(TrafficSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _kept = new(Handler(TimeSpan.FromMinutes(2)));
        _loop = Task.Run(LoopAsync);
    }

    public static SyntheticTraffic Start(TrafficSettings settings, TimeProvider time)
    {
        if (
            settings.Target.Scheme != Uri.UriSchemeHttp
            || !IPAddress.TryParse(settings.Target.Host, out var host)
            || !IPAddress.IsLoopback(host)
        )
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"synthetic traffic is not sent to {settings.Target.Authority}",
                "http://127.0.0.1:<port>: real systems have real users",
                "rollout.syntheticRequestsPerSecond: 0 in the environment's file"
            );
        }
        if (settings.RequestsPerSecond is < 1 or > 5000 || settings.Paths.IsDefaultOrEmpty)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{settings.RequestsPerSecond} synthetic requests per second to {(settings.Paths.IsDefault ? 0 : settings.Paths.Length)} paths cannot be sent",
                "1 to 5000 requests per second to at least one path"
            );
        }
        return new(settings, time);
    }

    /// <summary>What was counted until now.</summary>
    public TrafficReport Read() =>
        new(
            Interlocked.Read(ref _sent),
            Interlocked.Read(ref _skipped),
            [.. _tallies.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Read(pair.Key))],
            Volatile.Read(ref _firstFailure)
        );

    /// <summary>Ends the traffic, waits for the answers under way, and returns the count.</summary>
    public async Task<TrafficReport> StopAsync()
    {
        await _ended.CancelAsync();
        await _loop;
        return Read();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _kept.Dispose();
        _ended.Dispose();
    }

    private async Task LoopAsync()
    {
        var started = _time.GetTimestamp();
        var interval = TimeSpan.FromSeconds(1.0 / _settings.RequestsPerSecond);
        for (long beat = 0; !_ended.IsCancellationRequested; beat++)
        {
            var due = beat * interval;
            if (due > _settings.Limit)
                break;
            var wait = due - _time.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.IsCancellationRequested)
                break;
            if (Volatile.Read(ref _underWay) >= MostUnderWay)
                Interlocked.Increment(ref _skipped);
            else
                Begin(beat);
        }
        // Each request is bounded by the patience, so this ends.
        while (Volatile.Read(ref _underWay) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), _time);
    }

    private void Begin(long beat)
    {
        Interlocked.Increment(ref _underWay);
        Interlocked.Increment(ref _sent);
        _ = AskAsync(beat);
    }

    private async Task AskAsync(long beat)
    {
        var fresh = beat % _settings.FreshConnectionEvery == 0;
        var http = fresh ? new HttpMessageInvoker(Handler(TimeSpan.Zero)) : _kept;
        var asked = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(_settings.Patience, _time);
        try
        {
            var path = _settings.Paths[(int)(beat % _settings.Paths.Length)];
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_settings.Target, path));
            using var response = await http.SendAsync(request, limit.Token);
            await response.Content.CopyToAsync(Stream.Null, limit.Token);
            var version = response.Headers.TryGetValues(VersionHeader, out var values) ? values.First() : "";
            TallyOf(version).Answer((int)response.StatusCode, _time.GetElapsedTime(asked).TotalMilliseconds);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            TallyOf("").Break();
            Interlocked.CompareExchange(ref _firstFailure, $"{failure.GetType().Name}: {failure.Message}", null);
        }
        finally
        {
            if (fresh)
                http.Dispose();
            Interlocked.Decrement(ref _underWay);
        }
    }

    private Tally TallyOf(string version) =>
        _tallies.GetOrAdd(version.Length > 64 ? version[..64] : version, _ => new Tally());

    private static SocketsHttpHandler Handler(TimeSpan lifetime) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = lifetime,
        };

    private sealed class Tally
    {
        private readonly Lock _lock = new();
        private long _ok;
        private long _clientErrors;
        private long _serverErrors;
        private long _broken;
        private double _sum;
        private double _maximum;

        public void Answer(int status, double milliseconds)
        {
            lock (_lock)
            {
                if (status >= 500)
                    _serverErrors++;
                else if (status >= 400)
                    _clientErrors++;
                else
                    _ok++;
                _sum += milliseconds;
                _maximum = Math.Max(_maximum, milliseconds);
            }
        }

        public void Break()
        {
            lock (_lock)
                _broken++;
        }

        public VersionTraffic Read(string version)
        {
            lock (_lock)
            {
                var answered = _ok + _clientErrors + _serverErrors;
                var mean = answered == 0 ? 0 : _sum / answered;
                return new(version, _ok, _clientErrors, _serverErrors, _broken, mean, _maximum);
            }
        }
    }
}
