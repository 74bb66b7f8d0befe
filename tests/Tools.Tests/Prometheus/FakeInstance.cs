using System.Globalization;
using System.Text;

namespace Slipway.Tools.Tests;

/// <summary>A small exporter by Prometheus's conventions, whose numbers a test sets.</summary>
internal sealed class FakeInstance : IDisposable
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly FakeServer _server;
    private readonly bool _saysStart;
    private readonly Dictionary<string, long> _requests = [];
    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private double _started;
    private double _sum;

    public FakeInstance(bool saysStart = true)
    {
        _saysStart = saysStart;
        _started = Now;
        _server = new(_ => new(200, Text()));
    }

    public string Target => _server.Url.Authority;

    public void Answer(int count, int code = 200, double seconds = 0.02)
    {
        lock (_lock)
        {
            _requests[$"{code}"] = _requests.GetValueOrDefault($"{code}") + count;
            _sum += count * seconds;
            var place = Array.FindIndex(Bounds, bound => seconds <= bound);
            _buckets[place < 0 ? Bounds.Length : place] += count;
        }
    }

    /// <summary>As a crash and a new start: everything counts from 0.</summary>
    public void Restart(int answersThen = 0)
    {
        lock (_lock)
        {
            _requests.Clear();
            Array.Clear(_buckets);
            _sum = 0;
            _started = Now;
        }
        Answer(answersThen);
    }

    public void Dispose() => _server.Dispose();

    private static double Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    private string Text()
    {
        lock (_lock)
        {
            var text = new StringBuilder();
            if (_saysStart)
                Line("process_start_time_seconds", _started);
            foreach (var (code, count) in _requests)
                Line($"http_requests_total{{code=\"{code}\",method=\"get\"}}", count);
            long below = 0;
            for (var i = 0; i <= Bounds.Length; i++)
            {
                below += _buckets[i];
                var bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                Line($"http_request_duration_seconds_bucket{{le=\"{bound}\"}}", below);
            }
            Line("http_request_duration_seconds_sum", _sum);
            Line("http_request_duration_seconds_count", below);
            return text.ToString();

            void Line(string name, double value) => text.Append(CultureInfo.InvariantCulture, $"{name} {value:R}\n");
        }
    }
}
