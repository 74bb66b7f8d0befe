using System.Globalization;
using Slipway.Canary;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>
/// A release with 5 % injected errors at 5 % weight in the real sandbox: how long until the router gives it 0 %, and how
/// many requests of users failed. Then the same release is left at 5 % for five minutes, and every rule judges what was
/// recorded.
/// </summary>
internal static class SandboxBenchmark
{
    private const string Fault = "--sandbox-fault=errors:5%";

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var aborts = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        var recordings = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3;
        var recorded = arguments.Count > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 304;
        await using var product = await SandboxProduct.CreateAsync(
            (
                "\"name\": \"canary\", \"trafficPercentage\": 5, \"duration\": \"[^\"]*\"",
                "\"name\": \"canary\", \"trafficPercentage\": 5, \"duration\": \"400s\""
            ),
            ("\"checkInterval\": \"[^\"]*\"", "\"checkInterval\": \"2s\"")
        );
        await PrintAbortsAsync(product, aborts);
        // With no abort in sight the release stays where it is, and the rules that need longer can be asked, too.
        product.Configure(
            ("\"checkInterval\": \"2s\"", "\"checkInterval\": \"2s\", \"falseAbortProbability\": 1e-300")
        );
        if (recordings > 0)
            await PrintRulesAsync(product, recordings, TimeSpan.FromSeconds(recorded));
        return 0;
    }

    private static async Task PrintAbortsAsync(SandboxProduct product, int runs)
    {
        Console.WriteLine(
            "| run | first weight to verdict | verdict to 0 % at the router | failed requests of users |"
        );
        Console.WriteLine("|---|---|---|---|");
        var ends = new List<(double Verdict, double Zero, long Failed)>();
        for (var run = 1; run <= runs; run++)
        {
            await product.DeployAsync(exitCode: 10, Fault);
            var ticks = product.Ticks();
            var zero = product.Read("rollout/rollout.json")["secondsToZero"]!.GetValue<double>();
            ends.Add((ticks.Sum(tick => tick.Seconds), zero, ticks.Sum(tick => tick.Candidate?.Failed ?? 0)));
            Say($"| {run} | {ends[^1].Verdict:0.0} s | {zero * 1000:0.0} ms | {ends[^1].Failed} |");
        }
        if (runs > 0)
            Say(
                $"| median | {Median(ends.Select(end => end.Verdict)):0.0} s | {Median(ends.Select(end => end.Zero)) * 1000:0.0} ms | {Median(ends.Select(end => (double)end.Failed)):0} |"
            );
        Console.WriteLine();
    }

    private static async Task PrintRulesAsync(SandboxProduct product, int runs, TimeSpan recorded)
    {
        var ends = RolloutRules.All.Select(_ => new List<RuleEnd>()).ToArray();
        for (var run = 1; run <= runs; run++)
        {
            await product.InterruptAfterAsync(recorded, Fault);
            var plan = product.TickLines().First(line => line.Plan is not null).Plan!;
            var ticks = product.Ticks();
            Say(
                $"Recording {run}: {ticks.Sum(tick => tick.Seconds):0} s, {ticks.Sum(tick => tick.Candidate?.Requests ?? 0)} candidate requests, {ticks.Sum(tick => tick.Candidate?.Failed ?? 0)} of them failed."
            );
            for (var rule = 0; rule < ends.Length; rule++)
                ends[rule]
                    .Add(RolloutRules.Judge(RolloutRules.All[rule], plan with { Settings = Shipped(plan) }, ticks));
        }
        Console.WriteLine();
        Console.WriteLine("| rule | time to 0 %, each recording | failed requests of users, each recording |");
        Console.WriteLine("|---|---|---|");
        for (var rule = 0; rule < ends.Length; rule++)
            Console.WriteLine(
                $"| {RolloutRules.All[rule].Name} | {string.Join(", ", ends[rule].Select(end => RolloutBenchmark.Time(end.Seconds ?? double.PositiveInfinity)))} | {string.Join(", ", ends[rule].Select(end => end.FailedRequests))} |"
            );
    }

    private static JudgeSettings Shipped(CanaryPlan plan) =>
        new JudgeSettings() with
        {
            MinimumRequests = plan.Settings.MinimumRequests,
        };

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
