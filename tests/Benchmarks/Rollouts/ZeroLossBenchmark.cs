using System.Diagnostics;
using System.Globalization;
using Slipway.Tools;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>
/// Steady traffic, most on kept and every fourth request on a new connection, while versions are rolled out, aborted in
/// each stage, paused, taken back, and while the pipeline dies over them. Not one request may be lost or reset.
/// </summary>
internal static class ZeroLossBenchmark
{
    private const int RequestsPerSecond = 50;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var runs = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 21;
        await using var product = await SandboxProduct.CreateAsync(
            // The pipeline's own traffic ends with the rollout; ours goes on.
            ("\"syntheticRequestsPerSecond\": [0-9]+", "\"syntheticRequestsPerSecond\": 0")
        );
        Console.WriteLine(
            "| run | what was done | seconds | requests | of them new version | new connections | lost or reset | 5xx | slowest |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var (requests, lost, failed) = (0L, 0L, 0);
        for (var run = 1; run <= runs; run++)
        {
            var scenario = LossScenario.All[(run - 1) % LossScenario.All.Length];
            try
            {
                var (sent, gone) = await RunOnceAsync(product, scenario, run);
                requests += sent;
                lost += gone;
            }
            // The whole text: what ended a run in another way is only known from it.
            catch (Exception other) when (other is ShouldAssertException or AssertionException)
            {
                failed++;
                Console.WriteLine($"run {run} ({scenario.Name}) did not end as it has to:\n{other.Message}");
            }
        }
        Console.WriteLine();
        Say($"{runs} runs, {failed} of them ended otherwise, {requests} requests, {lost} lost or reset.");
        return lost + failed == 0 ? 0 : 1;
    }

    private static async Task<(long Sent, long Lost)> RunOnceAsync(
        SandboxProduct product,
        LossScenario scenario,
        int run
    )
    {
        var watch = Stopwatch.StartNew();
        var settings = new TrafficSettings(
            product.Url,
            RequestsPerSecond,
            ["/", "/auth/methods", "/api/catalog", "/api/education/courses", "/api/marketplace/items"],
            TimeSpan.FromMinutes(10)
        );
        await using var traffic = SyntheticTraffic.Start(settings, TimeProvider.System);
        var before = await ServingAsync(product.Url);
        await scenario.PlayAsync(product);
        ((await ServingAsync(product.Url)) == before).ShouldBe(scenario.GoesBack);
        var report = await traffic.StopAsync();
        var lost = report.Lost + report.Skipped;
        var others = report.Versions.Where(version => version.Version != before && version.Version.Length > 0);
        Say(
            $"| {run} | {scenario.Name} | {watch.Elapsed.TotalSeconds:0} | {report.Sent} | {others.Sum(version => version.Requests)} | {report.Sent / settings.FreshConnectionEvery} | {lost} | {report.Versions.Sum(version => version.ServerErrors)} | {report.Versions.Max(version => version.MaximumMilliseconds):0} ms |"
        );
        if (report.FirstFailure is { } failure)
            Console.WriteLine($"{failure}");
        return (report.Sent, lost);
    }

    private static async Task<string> ServingAsync(Uri url)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(url, "/api/health"));
        return answer.Headers.GetValues(SyntheticTraffic.VersionHeader).First();
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
