using System.Globalization;
using Slipway.Canary;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>
/// Good releases on a machine that has no time for them: threads that do nothing but compute run beside the sandbox.
/// Whatever gets slow then gets slow for both versions, and none of these releases may be taken back.
/// </summary>
internal static class BusyMachineBenchmark
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var runs = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        var hogs = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 8;
        await using var product = await SandboxProduct.CreateAsync(
            ("\"duration\": \"[^\"]*\"", "\"duration\": \"40s\"")
        );
        Console.WriteLine("| run | exit | seconds | p | ticks | held | slower by (median tick) | last verdict |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var aborted = 0;
        for (var run = 1; run <= runs; run++)
        {
            var exit = await DeployBesideAsync(product, hogs);
            aborted += exit == 10 ? 1 : 0;
            Print(run, exit, product.TickLines());
        }
        Console.WriteLine();
        Console.WriteLine($"{runs} good releases beside {hogs} computing threads, {aborted} taken back.");
        return aborted == 0 ? 0 : 1;
    }

    private static async Task<int> DeployBesideAsync(SandboxProduct product, int hogs)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        var threads = Enumerable.Range(0, hogs).Select(_ => new Thread(() => Compute(end.Token))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        try
        {
            return (await product.DeployToAnyEndAsync()).ExitCode;
        }
        finally
        {
            await end.CancelAsync();
            foreach (var thread in threads)
                thread.Join();
        }
    }

    private static void Compute(CancellationToken end)
    {
        var x = 1.0;
        while (!end.IsCancellationRequested)
            for (var i = 0; i < 100_000; i++)
                x = Math.Sqrt(x + i);
    }

    private static void Print(int run, int exit, IReadOnlyList<TickLine> lines)
    {
        var judged = lines.Where(line => line.Tick?.Stage >= 0).ToArray();
        var differences = judged
            .Select(line => line.Tick!)
            .Where(tick => tick.Candidate?.Latency.Count > 0 && tick.Stable?.Latency.Count > 0)
            .Select(Difference)
            .Order()
            .ToArray();
        var last = judged.LastOrDefault()?.Verdict;
        var held = judged.Count(line => line.Verdict!.Kind == VerdictKind.Hold);
        var least = judged.Length > 0 ? judged.Min(line => line.Verdict!.P) : 1;
        var slower = differences.Length > 0 ? Math.Exp(differences[differences.Length / 2]) : double.NaN;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {run} | {exit} | {judged.Sum(line => line.Tick!.Seconds):0} | {least:0.0000} | {judged.Length} | {held} | {slower:0.00} × | {last?.Kind} {last?.Reason} |"
            )
        );
    }

    private static double Difference(CanaryTick tick) =>
        tick.Candidate!.Latency.SumOfLogs / tick.Candidate.Latency.Count
        - tick.Stable!.Latency.SumOfLogs / tick.Stable.Latency.Count;
}
