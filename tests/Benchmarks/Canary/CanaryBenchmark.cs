using System.Diagnostics;
using System.Globalization;
using Slipway.Deployment.Tests.Canary.Simulation;

namespace Slipway.Benchmarks.Canary;

/// <summary>Prints the table of the canary judge as markdown. Seeded: the same program gives the same numbers.</summary>
public static class CanaryBenchmark
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var runs = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 20_000;
        var watch = Stopwatch.StartNew();
        var passes = true;
        Console.WriteLine("| check | bar | measured | |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var row in CanaryTable.Rows(runs, runs / 5, threads: 2))
        {
            Console.WriteLine($"| {row.Check} | {row.Bar} | {row.Measured} | {(row.Passes ? "holds" : "MISSED")} |");
            passes &= row.Passes;
        }
        Console.WriteLine();
        Console.WriteLine(
            $"{runs} runs per cell of good releases, {runs / 5} of faulty ones; {watch.Elapsed.TotalSeconds:0} s."
        );
        return passes ? 0 : 1;
    }
}
