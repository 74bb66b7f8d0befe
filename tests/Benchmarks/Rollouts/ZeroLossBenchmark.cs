using System.Diagnostics;
using System.Globalization;
using Slipway.Tools;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>
/// Steady traffic, most on kept and every fourth request on a new connection, while version after version goes through
/// 5, 50 and 100 % and is then taken back by one traffic switch, because a smoke check fails after the promotion. Not
/// one request may be lost or reset.
/// </summary>
internal static class ZeroLossBenchmark
{
    private const int RequestsPerSecond = 50;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var runs = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 20;
        await using var product = await SandboxProduct.CreateAsync(
            // The pipeline's own traffic ends with the rollout; ours goes on through the rollback.
            ("\"syntheticRequestsPerSecond\": [0-9]+", "\"syntheticRequestsPerSecond\": 0")
        );
        product.Configure(
            (
                "\"criticalEndpoints\": \\[",
                "\"criticalEndpoints\": [\n    { \"name\": \"not there\", \"path\": \"/no-such-page\" },"
            )
        );
        Console.WriteLine(
            "| run | seconds | requests | of them new version | new connections | lost or reset | 5xx | slowest |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var (requests, lost) = (0L, 0L);
        for (var run = 1; run <= runs; run++)
        {
            var (sent, gone) = await RunOnceAsync(product, run);
            requests += sent;
            lost += gone;
        }
        Console.WriteLine();
        Say($"{runs} runs, {requests} requests, {lost} lost or reset.");
        return lost == 0 ? 0 : 1;
    }

    private static async Task<(long Sent, long Lost)> RunOnceAsync(SandboxProduct product, int run)
    {
        var watch = Stopwatch.StartNew();
        var settings = new TrafficSettings(
            product.Url,
            RequestsPerSecond,
            ["/", "/api/catalog", "/api/education/courses", "/api/marketplace/items", "/auth/methods"],
            TimeSpan.FromMinutes(10)
        );
        await using var traffic = SyntheticTraffic.Start(settings, TimeProvider.System);
        var before = await ServingAsync(product.Url);
        var deployment = await product.DeployAsync(exitCode: 10);
        (await ServingAsync(product.Url)).ShouldBe(before, deployment.Text);
        // The whole text: what ended a run in another way is only known from it.
        if (!deployment.Text.Contains("serves again, switched in", StringComparison.Ordinal))
            throw new InvalidOperationException(
                $"run {run} was not taken back after its promotion:\n{deployment.Text}"
            );
        var stages = product.Read("rollout/rollout.json")["stages"]!.AsArray();
        stages.Select(stage => stage!["trafficPercentage"]!.GetValue<int>()).ShouldBe([5, 50, 100]);
        var report = await traffic.StopAsync();
        var lost = report.Lost + report.Skipped;
        var others = report.Versions.Where(version => version.Version != before && version.Version.Length > 0);
        Say(
            $"| {run} | {watch.Elapsed.TotalSeconds:0} | {report.Sent} | {others.Sum(version => version.Requests)} | {report.Sent / settings.FreshConnectionEvery} | {lost} | {report.Versions.Sum(version => version.ServerErrors)} | {report.Versions.Max(version => version.MaximumMilliseconds):0} ms |"
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
