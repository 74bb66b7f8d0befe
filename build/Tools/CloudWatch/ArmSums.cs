using Slipway.Canary;

namespace Slipway.Tools;

/// <summary>The target groups of one slot together: periods added up.</summary>
internal sealed class ArmSums
{
    private readonly LatencyHistogram _latency = new();
    private long _requests;
    private long _serverErrors;
    private long _connectionErrors;

    public void Add(TargetGroupPeriod period)
    {
        // RequestCount counts what found a target, so a request whose connection failed is in it, once.
        _requests += period.Requests;
        _serverErrors += period.ServerErrors;
        _connectionErrors += period.ConnectionErrors;
        foreach (var (lower, upper, requests) in period.Latency)
            _latency.Add(lower, upper, requests);
    }

    public ArmCounters Read() => new(_requests, _serverErrors, _connectionErrors, 0, _latency.Read());
}
