using System.Collections.Immutable;
using Slipway.Canary;

namespace Slipway.Reports;

/// <summary>A stretch of a rollout, from the point before to <paramref name="Seconds"/>.</summary>
/// <param name="Seconds">Since the first look.</param>
/// <param name="Weight">Percent asked for.</param>
/// <param name="Observed">Percent of the requests that the candidate got; null without requests.</param>
/// <param name="CandidateFailing">Percent.</param>
/// <param name="CandidateLatency">Typical (geometric mean), milliseconds.</param>
/// <param name="TowardsAbort">0 to 1.</param>
public sealed record CurvePoint(
    double Seconds,
    int Weight,
    double? Observed,
    double? CandidateFailing,
    double? StableFailing,
    double? CandidateLatency,
    double? StableLatency,
    double TowardsAbort,
    bool IsHeld,
    bool IsDropped,
    int Entry
);

/// <param name="Seconds">When it began.</param>
public sealed record CurveStage(string Name, int Weight, double Seconds);

/// <summary>A rollout over time, as its tick log tells it: what the picture shows.</summary>
/// <param name="End">The last verdict.</param>
public sealed record RolloutCurve(
    ImmutableArray<CurvePoint> Points,
    ImmutableArray<CurveStage> Stages,
    CanaryVerdict End
)
{
    /// <summary>More points than this no screen shows and no reader needs.</summary>
    private const int MostPoints = 160;

    public double Length => Points[^1].Seconds;

    public bool IsAborted => End.Kind == VerdictKind.Abort;

    /// <summary>Null without a look at a weight: then there is nothing to show.</summary>
    public static RolloutCurve? Of(ImmutableArray<TickLine> lines)
    {
        if (lines.IsDefaultOrEmpty || !lines.Any(line => line.Tick is { Stage: >= 0 } && line.Verdict is not null))
            return null;
        var perPoint = Math.Max(1, (int)Math.Ceiling(lines.Length / (double)MostPoints));
        var points = ImmutableArray.CreateBuilder<CurvePoint>();
        var stages = ImmutableArray.CreateBuilder<CurveStage>();
        var gathered = new List<TickLine>();
        var (plan, seconds, entry, run) = ((CanaryPlan?)null, 0.0, -1, 0);
        foreach (var line in lines)
        {
            if (line.Plan is not null)
            {
                Close();
                (plan, entry, run) = (line.Plan, -1, run + 1);
            }
            if (line is not { Tick: { } tick, Verdict: not null } || plan is null)
                continue;
            if (tick.Entry != entry)
            {
                Close();
                entry = tick.Entry;
                if (tick.Stage >= 0 && tick.Stage < plan.Stages.Length)
                    stages.Add(new(plan.Stages[tick.Stage].Name, plan.Stages[tick.Stage].Weight, seconds));
            }
            gathered.Add(line);
            if (gathered.Count >= perPoint)
                Close();
        }
        Close();
        return new(points.ToImmutable(), stages.ToImmutable(), lines.Last(line => line.Verdict is not null).Verdict!);

        void Close()
        {
            if (gathered.Count == 0)
                return;
            seconds += gathered.Sum(line => Math.Max(0, line.Tick!.Seconds));
            // A resumed rollout counts its entries anew: the number of the run keeps them apart.
            points.Add(Point(plan!, gathered, seconds, (run * 1000) + entry));
            gathered.Clear();
        }
    }

    private static CurvePoint Point(CanaryPlan plan, List<TickLine> lines, double seconds, int entry)
    {
        var candidate = Sum(lines.Select(line => line.Tick!.Candidate));
        var stable = Sum(lines.Select(line => line.Tick!.Stable));
        var requests = candidate.Requests + stable.Requests;
        var stage = lines[^1].Tick!.Stage;
        return new(
            seconds,
            stage >= 0 && stage < plan.Stages.Length ? plan.Stages[stage].Weight : 0,
            requests > 0 ? 100.0 * candidate.Requests / requests : null,
            Failing(candidate),
            Failing(stable),
            Latency(candidate),
            Latency(stable),
            lines.Max(line => Math.Clamp(line.Verdict!.TowardsAbort, 0, 1)),
            lines.Any(line => line.Verdict!.Kind is VerdictKind.Hold or VerdictKind.Inconclusive || line.Tick!.Paused),
            lines.All(line => line.Tick!.Dropped is not null),
            entry
        );
    }

    private static (long Requests, long Failed, long Measured, double Logs) Sum(IEnumerable<ArmTick?> ticks)
    {
        var sum = (Requests: 0L, Failed: 0L, Measured: 0L, Logs: 0.0);
        foreach (var tick in ticks)
        {
            if (tick is { IsSound: true })
                sum = (
                    sum.Requests + tick.Requests,
                    sum.Failed + tick.Failed,
                    sum.Measured + tick.Latency.Count,
                    sum.Logs + tick.Latency.SumOfLogs
                );
        }
        return sum;
    }

    private static double? Failing((long Requests, long Failed, long, double) sum) =>
        sum.Requests > 0 ? 100.0 * sum.Failed / sum.Requests : null;

    private static double? Latency((long, long, long Measured, double Logs) sum) =>
        sum.Measured > 0 ? Math.Exp(sum.Logs / sum.Measured) : null;
}
