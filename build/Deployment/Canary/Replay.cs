using System.Collections.Immutable;

namespace Slipway.Canary;

/// <param name="Sequence">Number of the tick.</param>
public sealed record ReplayDifference(int Sequence, CanaryVerdict Recorded, CanaryVerdict Again);

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
