using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>
/// Both arms' counters out of CloudWatch's metrics of an Application Load Balancer, through the <c>aws</c> program and its
/// login. A period is read once, when it is over for so long that it does not change any more, and added up: the reading
/// is that of the end of the last such period, minutes ago. Deaths of instances are not in these metrics; the probes see them.
/// </summary>
/// <param name="stable">The slot that is stable now; null when nobody knows.</param>
public sealed class CloudWatchMetrics(
    ICommandRunner runner,
    CloudWatchSettings settings,
    TimeProvider time,
    Func<CancellationToken, Task<Slot?>> stable
) : IMetricsSource
{
    /// <summary>Looked back at first, and at most: what is older is history.</summary>
    private const int MostPeriods = 30;

    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Slot, ArmSums> _sums = Slots.All.ToDictionary(slot => slot, _ => new ArmSums());
    private DateTimeOffset? _until;
    private int _gaps;

    public string? Problem { get; private set; }

    public async Task<MetricsReading?> ReadAsync(CancellationToken cancellation)
    {
        Problem = null;
        try
        {
            if (await stable(cancellation) is not { } slot)
                return Nothing("nobody says which slot is stable");
            if (await AdvanceAsync(cancellation) is { } problem)
                return Nothing(problem);
            return _until is not { } until
                ? Nothing("it has no data point of either version yet")
                : new(until, $"{slot.Name()}/{_gaps}", _sums[slot].Read(), _sums[slot.Other()].Read());
        }
        catch (PipelineException failed)
        {
            return Nothing(failed.Message.Split('\n')[^1]);
        }
    }

    /// <summary>Reads the periods that have closed since the last time; says what is wrong, then nothing is taken.</summary>
    private async Task<string?> AdvanceAsync(CancellationToken cancellation)
    {
        var closed = Floor(time.GetUtcNow() - settings.Delay);
        var from = Start(closed);
        if (from >= closed)
            return null;
        var points = ImmutableDictionary<(string, DateTimeOffset), double>.Empty;
        foreach (var command in CloudWatchCommands.GetMetricData(settings, from, closed))
        {
            var result = await runner.RunAsync(command, null, cancellation);
            var answer = result.Truncated
                ? CloudWatchAnswer.Failed("aws's output is too long")
                : CloudWatchAnswer.Parse(result.Output);
            if (answer.Problem is { } problem)
                return problem;
            points = points.AddRange(answer.Points);
        }
        Take(Periods(points, from, closed));
        return null;
    }

    /// <summary>After a long silence the counters go on in another epoch: what lies between is not known.</summary>
    private DateTimeOffset Start(DateTimeOffset closed)
    {
        if (_until is not { } until)
            return Floor(closed - FirstLook);
        if (closed - until <= MostPeriods * settings.Period)
            return until;
        _gaps++;
        _until = null;
        return Floor(closed - FirstLook);
    }

    private DateTimeOffset Floor(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks;
        return new(ticks - ticks % settings.Period.Ticks, TimeSpan.Zero);
    }

    private List<TargetGroupPeriod> Periods(
        ImmutableDictionary<(string, DateTimeOffset), double> points,
        DateTimeOffset from,
        DateTimeOffset until
    )
    {
        var ids = CloudWatchCommands
            .Queries(settings)
            .Select((query, place) => (query, Id: CloudWatchCommands.Id(place)))
            .ToDictionary(entry => entry.query, entry => entry.Id);
        var periods = new List<TargetGroupPeriod>();
        for (var start = from; start < until; start += settings.Period)
        {
            var at = start;
            periods.AddRange(
                settings
                    .Blue.Concat(settings.Green)
                    .Select(group =>
                        TargetGroupPeriod.Of(
                            group,
                            at,
                            (metric, statistic) =>
                                points.TryGetValue((ids[new(group, metric, statistic)], at), out var value)
                                    ? value
                                    : null
                        )
                    )
            );
        }
        return periods;
    }

    /// <summary>
    /// Up to the last period in which anybody was asked anything. Silence of everything after it is more likely late data
    /// than no request: it is looked at again.
    /// </summary>
    private void Take(List<TargetGroupPeriod> periods)
    {
        if (periods.FindLast(period => period.Requests > 0) is not { } last)
            return;
        foreach (var period in periods.Where(period => period.Start <= last.Start))
            _sums[settings.Blue.Contains(period.TargetGroup) ? Slot.Blue : Slot.Green].Add(period);
        _until = last.Start + settings.Period;
    }

    private MetricsReading? Nothing(string problem)
    {
        Problem = problem;
        return null;
    }
}
