using System.Collections.Concurrent;
using System.Globalization;
using Slipway.Canary;

namespace Slipway.Deployment.Tests.Canary.Simulation;

/// <param name="Measured">As printed.</param>
public sealed record TableRow(string Check, string Bar, string Measured, bool Passes);

/// <summary>The table that the judge is bound to: each row a question with its bar, answered by simulation.</summary>
public static class CanaryTable
{
    private static readonly double[] BaseRates = [0.0001, 0.001, 0.01];
    private static readonly double[] Loads = [10, 50, 500];

    /// <param name="runs">Runs per cell of good releases.</param>
    /// <param name="faultyRuns">Runs per row of faulty releases.</param>
    /// <param name="threads">How many runs go on at a time; the result does not depend on it.</param>
    public static IEnumerable<TableRow> Rows(int runs, int faultyRuns, int threads)
    {
        foreach (var rate in BaseRates)
        {
            foreach (var load in Loads)
            {
                var world = new World(new(rate), new(rate), load);
                yield return FalseAborts($"good release, {rate:P2} errors, {load} rps", world, runs, threads, 0.01);
            }
        }
        var quiet = new ArmBehaviour(0.001);
        yield return TimeToAbort("5 % errors, base 0.1 %, 50 rps", new(quiet, new(0.05), 50), faultyRuns, threads, 35);
        yield return TimeToAbort("1 % errors, base 0.1 %, 50 rps", new(quiet, new(0.01), 50), faultyRuns, threads, 300);
        yield return FullyBroken(faultyRuns, threads);
        yield return TimeToAbort("latency +50 %, 50 rps", new(quiet, new(0.001, 1.5), 50), faultyRuns, threads, 60);
        yield return TimeToAbort("latency +20 %, 50 rps", new(quiet, new(0.001, 1.2), 50), faultyRuns, threads, 300);
        yield return SharedOutage(runs, threads);
        yield return FalseAborts(
            "good release, load drifting threefold, 0.1 % errors, 50 rps",
            new(quiet, quiet, 50, Load: time => 1 + 0.8 * Math.Sin(time / 200) + 0.2 * Math.Sin(time / 17)),
            runs,
            threads,
            0.01
        );
        yield return FalseAborts(
            "as bad as tolerated: 1.25 × the errors, 1 %, 50 rps",
            new(new(0.01), new(0.0125), 50),
            runs,
            threads,
            0.01
        );
        yield return FalseAborts(
            "good release, errors in bursts of 3, 1 %, 50 rps",
            new(new(0.01, Burst: 3), new(0.01, Burst: 3), 50, BaselineTicks: 12),
            runs,
            threads,
            0.01
        );
        yield return FalseAborts(
            "good release, errors in bursts of 3, 0.1 %, 50 rps, nothing known before",
            new(new(0.001, Burst: 3), new(0.001, Burst: 3), 50),
            runs,
            threads,
            0.01
        );
        foreach (var spread in new[] { 0.2, 0.5 })
        {
            var uneven = quiet with { TickSpread = spread };
            yield return FalseAborts(
                $"good release, latencies of a tick shift together (ln, sd {spread}), 50 rps",
                new(uneven, uneven, 50),
                runs,
                threads,
                0.01
            );
        }
        yield return TimeToAbort(
            "latency +50 %, ticks shift together (sd 0.2), 50 rps",
            new(quiet with { TickSpread = 0.2 }, new(0.001, 1.5, TickSpread: 0.2), 50),
            faultyRuns,
            threads,
            300
        );
        yield return FalseAborts(
            "good release, a third of the ticks missing or reset",
            new(quiet, quiet, 50, Spoil: (tick, dice) => dice.Uniform() < 0.33 ? Missing(tick) : tick),
            runs,
            threads,
            0.01
        );
    }

    private static CanaryTick Missing(CanaryTick tick) =>
        tick with
        {
            Stable = null,
            Candidate = null,
            Dropped = "no answer",
        };

    public static SimulatedEnd[] Play(World world, int runs, int threads, CanaryPlan? plan = null)
    {
        var ends = new SimulatedEnd[runs];
        Parallel.ForEach(
            Partitioner.Create(0, runs, Math.Max(1, runs / 64)),
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            range =>
            {
                for (var run = range.Item1; run < range.Item2; run++)
                    ends[run] = Simulator.Run(world, 7919 * run + 1, plan);
            }
        );
        return ends;
    }

    private static TableRow FalseAborts(string check, World world, int runs, int threads, double bar)
    {
        var ends = Play(world, runs, threads);
        var aborted = ends.Count(end => end.Kind == VerdictKind.Abort);
        var promoted = ends.Count(end => end.Kind == VerdictKind.Promote);
        return new(
            check,
            $"false aborts ≤ {bar:P1}",
            Text($"{aborted} of {runs} aborted ({(double)aborted / runs:P3}), {(double)promoted / runs:P1} promoted"),
            aborted <= bar * runs
        );
    }

    private static TableRow TimeToAbort(string check, World world, int runs, int threads, double bar)
    {
        var ends = Play(world, runs, threads);
        var caught = ends.Count(end => end.Kind == VerdictKind.Abort);
        var times = ends.Select(end => end.Kind == VerdictKind.Abort ? end.Seconds : double.PositiveInfinity)
            .Order()
            .ToArray();
        var failed = ends.Select(end => end.FailedRequests).Order().ToArray();
        var median = times[runs / 2];
        return new(
            check,
            $"all caught, median ≤ {bar} s",
            Text(
                $"{(double)caught / runs:P2} caught, median {median} s, 95 % within {times[(int)(runs * 0.95)]} s, median {failed[runs / 2]} failed requests"
            ),
            caught == runs && median <= bar
        );
    }

    private static TableRow FullyBroken(int runs, int threads)
    {
        var ends = Play(new(new(0.001), new(1), 50, TickSeconds: 2), runs, threads);
        var times = ends.Select(end => end.Seconds).Order().ToArray();
        var failed = ends.Select(end => end.FailedRequests).Order().ToArray();
        var caught = ends.All(end => end.Kind == VerdictKind.Abort);
        return new(
            "fully broken candidate, 50 rps, 2 s ticks",
            "≤ 4 s, ≤ 10 failed requests (median)",
            Text(
                $"median {times[runs / 2]} s, 95 % within {times[(int)(runs * 0.95)]} s; median {failed[runs / 2]} failed requests, 95 % at most {failed[(int)(runs * 0.95)]}"
            ),
            caught && times[runs / 2] <= 4 && failed[runs / 2] <= 10
        );
    }

    private static TableRow SharedOutage(int runs, int threads)
    {
        var quiet = new ArmBehaviour(0.001);
        var world = new World(quiet, quiet, 50, Outage: time => time is >= 100 and < 160 ? 0.2 : null);
        var ends = Play(world, runs, threads);
        var aborted = ends.Count(end => end.Kind == VerdictKind.Abort);
        var held = ends.Count(end => end.WasHeld);
        return new(
            "both arms at 20 % errors for 60 s, 50 rps",
            "≤ 0.1 % aborts, verdict hold",
            Text($"{aborted} of {runs} aborted ({(double)aborted / runs:P3}), {(double)held / runs:P1} held"),
            aborted <= 0.001 * runs && held >= runs - aborted
        );
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
