using Slipway.Outcomes;
using Slipway.Tools.Tests.Haproxy;
using Slipway.Tools.Tests.Health;

namespace Slipway.Tools.Tests.Traffic;

public class SyntheticTrafficTests
{
    [TestCase("http://example.org/")]
    [TestCase("https://127.0.0.1/")]
    [TestCase("http://10.0.0.1:80/")]
    [TestCase("http://localhost.example.org/")]
    public void Only_loopback_is_ever_asked(string target) =>
        Should
            .Throw<PipelineException>(() =>
                SyntheticTraffic.Start(new(new(target), 1, ["/"], TimeSpan.FromSeconds(1)), TimeProvider.System)
            )
            .ExitCode.ShouldBe(ExitCode.Usage);

    [TestCase(0)]
    [TestCase(5001)]
    public void What_is_no_rate_is_refused(int rate) =>
        Should.Throw<PipelineException>(() =>
            SyntheticTraffic.Start(
                new(new("http://127.0.0.1:1/"), rate, ["/"], TimeSpan.FromSeconds(1)),
                TimeProvider.System
            )
        );

    [Test]
    public async Task Each_version_is_counted_with_its_errors_and_traffic_ends_by_itself()
    {
        var asked = 0;
        await using var server = new ScriptedServer(context =>
        {
            var number = Interlocked.Increment(ref asked);
            context.Response.AddHeader(SyntheticTraffic.VersionHeader, number % 2 == 0 ? "1.0.0" : "1.1.0");
            context.Response.StatusCode = context.Request.Url!.AbsolutePath switch
            {
                "/missing" => 404,
                "/broken" => 500,
                _ => 200,
            };
            return Task.CompletedTask;
        });
        var settings = new TrafficSettings(server.Url, 100, ["/", "/missing", "/broken"], TimeSpan.FromSeconds(0.595));
        await using var traffic = SyntheticTraffic.Start(settings, TimeProvider.System);
        await ServingBed.EventuallyAsync(() => Task.FromResult(traffic.Read().Versions.Sum(one => one.Requests) == 60));
        var report = await traffic.StopAsync();
        report.Sent.ShouldBe(60);
        asked.ShouldBe(60);
        report.Lost.ShouldBe(0);
        report.Versions.Select(version => version.Version).ShouldBe(["1.0.0", "1.1.0"]);
        report.Versions.Select(version => version.Requests).ShouldBe([30, 30]);
        report.Versions.Sum(version => version.Ok).ShouldBe(20);
        report.Versions.Sum(version => version.ClientErrors).ShouldBe(20);
        report.Versions.Sum(version => version.ServerErrors).ShouldBe(20);
        report.FirstFailure.ShouldBeNull();
    }

    [Test]
    public async Task Requests_that_nobody_answers_are_lost_and_said()
    {
        var target = new Uri($"http://127.0.0.1:{ServingBed.FreePort()}/");
        await using var traffic = SyntheticTraffic.Start(
            new(target, 50, ["/"], TimeSpan.FromMinutes(1)),
            TimeProvider.System
        );
        await ServingBed.EventuallyAsync(() => Task.FromResult(traffic.Read().Lost >= 5));
        var report = await traffic.StopAsync();
        report.Lost.ShouldBe(report.Sent);
        report.FirstFailure.ShouldNotBeNull();
    }

    [Test]
    public async Task An_error_of_the_router_itself_is_a_lost_request()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await using var traffic = bed.Traffic();
        await ServingBed.EventuallyAsync(() => Task.FromResult(traffic.Read().Lost >= 5));
        (await traffic.StopAsync()).Of("")!.ServerErrors.ShouldBeGreaterThanOrEqualTo(5);
    }
}
