using System.Collections.Immutable;

namespace Slipway.Canary;

/// <param name="Sequence">Number of the tick.</param>
public sealed record ReplayDifference(int Sequence, CanaryVerdict Recorded, CanaryVerdict Again);

/// <summary>A judge that has seen a recorded rollout, to go on with.</summary>
/// <param name="Plan">What it was made from.</param>
/// <param name="Entry">The last entry into a stage.</param>
/// <param name="Sequence">Number of the next tick.</param>
public sealed record ResumedJudge(CanaryJudge Judge, CanaryPlan Plan, int Entry, int Sequence);

/// <summary>Judges recorded ticks again: same plan, same ticks, same verdicts, bit for bit.</summary>
public static class Replay
{
    /// <summary>Every verdict again, in order; each plan line starts a new judge.</summary>
    public static ImmutableArray<CanaryVerdict> Verdicts(IEnumerable<TickLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return [.. Judge(lines).Select(pair => pair.Again)];
    }

    /// <summary>Where the verdicts of now and then differ: nowhere, unless the judge or the log was changed.</summary>
    public static ImmutableArray<ReplayDifference> Differences(IEnumerable<TickLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return
        [
            .. Judge(lines)
                .Where(pair => pair.Line.Verdict != pair.Again)
                .Select(pair => new ReplayDifference(pair.Line.Tick!.Sequence, pair.Line.Verdict!, pair.Again)),
        ];
    }

    /// <summary>The judge as it was after the last line; null where the log holds no plan.</summary>
    public static ResumedJudge? Resume(IEnumerable<TickLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ResumedJudge? resumed = null;
        foreach (var line in lines)
        {
            if (line.Plan is { } plan)
                resumed = new(new CanaryJudge(plan), plan, 0, 0);
            if (line.Tick is not { } tick || resumed is null)
                continue;
            resumed.Judge.Observe(tick);
            resumed = resumed with { Entry = tick.Entry, Sequence = tick.Sequence + 1 };
        }
        return resumed;
    }

    private static IEnumerable<(TickLine Line, CanaryVerdict Again)> Judge(IEnumerable<TickLine> lines)
    {
        CanaryJudge? judge = null;
        foreach (var line in lines)
        {
            if (line.Plan is { } plan)
                judge = new CanaryJudge(plan);
            if (line.Tick is not { } tick || judge is null)
                continue;
            yield return (line, judge.Observe(tick));
        }
    }
}
