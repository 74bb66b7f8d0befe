using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Slipway.Canary;
using Slipway.Deployment.Tests.Canary.Simulation;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>
/// Our judge beside threshold rules on the same simulated traffic, as markdown. Seeded: the same program gives the same
/// numbers. A good release takes stages of 5 % / 300 s and 50 % / 600 s (the other controllers' analysis ends with the
/// promotion, so there is no third one); a faulty one stays at 5 %, because a controller that sees failed checks does not
/// go on, until the slowest rule has had its say.
/// </summary>
internal static class RolloutBenchmark
{
    private static readonly CanaryPlan Good = World.Plan with { Stages = World.Plan.Stages[..2] };
    private static readonly CanaryPlan Faulty = World.Plan with { Stages = [new("canary", 5, 1800)] };

    private static readonly ArmBehaviour Quiet = new(0.001);
    private static readonly ArmBehaviour Noisy = new(0.01);

    public static int Run(IReadOnlyList<string> arguments)
    {
        var runs = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5_000;
        var watch = Stopwatch.StartNew();
        PrintRules();
        PrintCaught("5 % errors, base 0.1 %, 50 rps", new(Quiet, new(0.05), 50), runs);
        PrintCaught("1.5 % errors, base 0.1 %, 50 rps", new(Quiet, new(0.015), 50), runs);
        PrintFalseAborts(
            runs,
            ("good release, 0.1 % errors, 10 rps", new(Quiet, Quiet, 10)),
            ("good release, 1 % errors as before, 50 rps", new(Noisy, Noisy, 50)),
            (
                "both versions at 20 % errors for 60 s, 50 rps",
                new(Quiet, Quiet, 50, Outage: time => time is >= 100 and < 160 ? 0.2 : null)
            )
        );
        Say($"{runs} runs per cell, seeded, ticks of 10 s; {watch.Elapsed.TotalSeconds:0} s.");
        return 0;
    }

    private static void PrintRules()
    {
        Console.WriteLine("| rule | settings |");
        Console.WriteLine("|---|---|");
        foreach (var rule in RolloutRules.All)
            Console.WriteLine($"| {rule.Name} | {rule.Settings} |");
        Console.WriteLine();
    }

    private static void PrintCaught(string title, World world, int runs)
    {
        Console.WriteLine($"{title}:");
        Console.WriteLine();
        Console.WriteLine("| rule | caught | median time to 0 % | 95 % within | median failed requests of users |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (rule, ends) in Play(Faulty, world, runs))
        {
            var times = ends.Select(end => end.Seconds ?? double.PositiveInfinity).Order().ToArray();
            var failed = ends.Select(end => end.FailedRequests).Order().ToArray();
            Say(
                $"| {rule.Name} | {(double)times.Count(double.IsFinite) / runs:P1} | {Time(times[runs / 2])} | {Time(times[(int)(runs * 0.95)])} | {failed[runs / 2]} |"
            );
        }
        Console.WriteLine();
    }

    private static void PrintFalseAborts(int runs, params (string Title, World World)[] columns)
    {
        Console.WriteLine("Good releases that were taken back:");
        Console.WriteLine();
        Console.WriteLine($"| rule | {string.Join(" | ", columns.Select(column => column.Title))} |");
        Console.WriteLine("|---|" + string.Concat(columns.Select(_ => "---|")));
        var played = columns.Select(column => Play(Good, column.World, runs)).ToArray();
        for (var row = 0; row < RolloutRules.All.Count; row++)
        {
            var cells = played.Select(column => Cell(column[row].Ends, runs));
            Console.WriteLine($"| {RolloutRules.All[row].Name} | {string.Join(" | ", cells)} |");
        }
        Console.WriteLine();
    }

    private static string Cell(RuleEnd[] ends, int runs)
    {
        var aborted = (double)ends.Count(end => end.Seconds is not null) / runs;
        var held = (double)ends.Count(end => end.WasHeld) / runs;
        return string.Create(CultureInfo.InvariantCulture, $"{aborted:P2}")
            + (held >= 0.005 ? string.Create(CultureInfo.InvariantCulture, $" (held and gone on: {held:P0})") : "");
    }

    /// <summary>Every rule judges the same ticks of every run.</summary>
    private static ImmutableArray<(IRolloutRule Rule, RuleEnd[] Ends)> Play(CanaryPlan plan, World world, int runs)
    {
        var ends = RolloutRules.All.Select(rule => (rule, new RuleEnd[runs])).ToImmutableArray();
        Parallel.For(
            0,
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            run =>
            {
                var ticks = Ticks(plan, world, 7919 * run + 1);
                foreach (var (rule, results) in ends)
                    results[run] = RolloutRules.Judge(rule, plan, ticks);
            }
        );
        return ends;
    }

    private static CanaryTick[] Ticks(CanaryPlan plan, World world, int seed)
    {
        var dice = new Dice(seed);
        var ticks = new List<CanaryTick>();
        var time = 0.0;
        foreach (var (stage, index) in plan.Stages.Select((stage, index) => (stage, index)))
        {
            for (var end = time + stage.Seconds; time < end - 1e-6; time += world.TickSeconds)
                ticks.Add(Simulator.Tick(world, dice, index, index + 1, ticks.Count, stage.Weight, time));
        }
        return [.. ticks];
    }

    public static string Time(double seconds) =>
        double.IsFinite(seconds) ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s") : "not caught";

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
