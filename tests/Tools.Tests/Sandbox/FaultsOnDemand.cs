using System.Diagnostics;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>Each fault does what it says, and nothing else. The front end shows it: it needs no database.</summary>
public class FaultsOnDemand
{
    private SampleProduct _product = null!;

    [OneTimeSetUp]
    public async Task Start() => _product = await SampleProduct.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _product.DisposeAsync();

    [Test]
    public async Task ErrorsHitTheirShareOfRequestsAndNoHealth()
    {
        var instance = await WithAsync("errors:20%");
        var failed = (await StatusesAsync(instance, "/", 1000)).Count(status => status == 500);
        // Six standard deviations around 200.
        failed.ShouldBeInRange(125, 275);
        (await StatusesAsync(instance, "/health", 100)).ShouldAllBe(status => status == 200);
    }

    [Test]
    public async Task EveryErrorIsAnInjectedOne() =>
        (await StatusesAsync(await WithAsync("errors:100%"), "/", 20)).ShouldAllBe(status => status == 500);

    [Test]
    public async Task ErrorsThatBeginLaterLeaveTheTimeBeforeAlone()
    {
        var instance = await WithAsync("errors:100%:1.5s");
        (await instance.StatusAsync("/")).ShouldBe(200);
        await Task.Delay(TimeSpan.FromSeconds(1.6));
        (await StatusesAsync(instance, "/", 20)).ShouldAllBe(status => status == 500);
        (await instance.StatusAsync("/health")).ShouldBe(200);
    }

    [Test]
    public async Task LatencyGrowsForEveryRequest()
    {
        // A hundred times one millisecond at least.
        var instance = await WithAsync("latency:+9999%");
        (await MillisecondsAsync(instance)).ShouldBeGreaterThan(95);
    }

    [Test]
    public async Task LatencyTailSlowsTheSlowestOnly()
    {
        var instance = await WithAsync("latency-tail:p80x300");
        var times = new List<double>();
        for (var i = 0; i < 60; i++)
            times.Add(await MillisecondsAsync(instance));
        times.Count(time => time > 250).ShouldBeInRange(1, 40);
    }

    [Test]
    public async Task CrashComesWithTheFirstRequest()
    {
        var instance = await WithAsync("crash");
        (await instance.StatusAsync("/health")).ShouldBe(200);
        await Should.ThrowAsync<HttpRequestException>(() => instance.StatusAsync("/"));
        (await instance.ExitAsync()).ShouldBe(70);
    }

    [TestCase("crash:0.3s")]
    [TestCase("crash-loop")]
    public async Task CrashComesByItself(string fault)
    {
        var instance = await WithAsync(fault);
        (await instance.ExitAsync()).ShouldBe(70);
        (await instance.LogAsync()).ShouldContain("injected crash");
    }

    [Test]
    public async Task SlowStartListensLate()
    {
        var clock = Stopwatch.StartNew();
        var instance = await WithAsync("slow-start:1.5s");
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.5));
        (await instance.StatusAsync("/health")).ShouldBe(200);
    }

    [Test]
    public async Task BrokenHealthLeavesTrafficAlone()
    {
        var instance = await WithAsync("broken-health");
        (await instance.StatusAsync("/health")).ShouldBe(503);
        (await instance.StatusAsync("/")).ShouldBe(200);
    }

    [Test]
    public async Task BrokenTrafficLeavesHealthAlone()
    {
        var instance = await WithAsync("broken-traffic");
        (await instance.StatusAsync("/health")).ShouldBe(200);
        (await instance.StatusAsync("/")).ShouldBe(500);
    }

    [Test]
    public async Task WrongVersionIsInHealthAndHeader()
    {
        var instance = await WithAsync("wrong-version");
        (await instance.JsonAsync("/health")).GetProperty("version").GetString().ShouldBe("0.0.0-wrong");
        using var response = await instance.GetAsync("/");
        response.Headers.GetValues("x-slipway-version").ShouldBe(["0.0.0-wrong"]);
    }

    [Test]
    public async Task AHungRequestIsNeverAnsweredAndDoesNotKeepTheInstance()
    {
        var instance = await WithAsync("hang:100%");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<OperationCanceledException>(() =>
            _product.Client.GetAsync(instance.Url("/"), patience.Token)
        );
        (await instance.StatusAsync("/health")).ShouldBe(200);
        var hanging = _product.Client.GetAsync(instance.Url("/"));
        (await instance.StopAsync()).ShouldBe(0);
        await Should.ThrowAsync<HttpRequestException>(() => hanging);
    }

    [Test]
    public async Task ASharedOutageIsAFile()
    {
        var file = _product.Root.At("outage");
        var instance = await _product.StartAsync("server.mjs", ("SLIPWAY_OUTAGE_FILE", file));
        (await instance.StatusAsync("/")).ShouldBe(200);

        await File.WriteAllTextAsync(file, "");
        (await instance.StatusAsync("/")).ShouldBe(503);
        (await instance.StatusAsync("/health")).ShouldBe(200);
        await File.WriteAllTextAsync(file, "all\n");
        (await instance.StatusAsync("/health")).ShouldBe(503);

        File.Delete(file);
        (await instance.StatusAsync("/")).ShouldBe(200);
    }

    private Task<Instance> WithAsync(string fault) => _product.StartAsync("server.mjs", ("SLIPWAY_FAULT", fault));

    private static async Task<List<int>> StatusesAsync(Instance instance, string path, int count)
    {
        var statuses = new List<int>();
        for (var i = 0; i < count; i++)
            statuses.Add(await instance.StatusAsync(path));
        return statuses;
    }

    private static async Task<double> MillisecondsAsync(Instance instance)
    {
        var clock = Stopwatch.StartNew();
        await instance.StatusAsync("/");
        return clock.Elapsed.TotalMilliseconds;
    }
}
