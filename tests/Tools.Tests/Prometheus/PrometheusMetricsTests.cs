using Slipway.Canary;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Tools.Tests;

/// <summary>Against a real Prometheus that scrapes instances whose numbers the test knows.</summary>
public class PrometheusMetricsTests
{
    private FakeInstance _blue = null!;
    private FakeInstance _green = null!;

    [SetUp]
    public void SetUp() => (_blue, _green) = (new(), new());

    [TearDown]
    public void TearDown()
    {
        _blue.Dispose();
        _green.Dispose();
    }

    [Test]
    public async Task EachArmGrowsByWhatItsInstancesAnswered()
    {
        _blue.Answer(1_000_000);
        await using var prometheus = await StartAsync();
        var metrics = prometheus.Metrics();
        var before = await RealPrometheus.EventuallyAsync(metrics, HasBoth);

        _blue.Answer(200);
        _green.Answer(95);
        _green.Answer(5, code: 503, seconds: 0.8); // a series that was not there before
        var after = await RealPrometheus.EventuallyAsync(
            metrics,
            now =>
                now?.Candidate?.Requests - before.Candidate!.Requests >= 100
                && now?.Stable?.Requests - before.Stable!.Requests >= 200
        );

        after.Epoch.ShouldBe(before.Epoch);
        after.At.ShouldBeGreaterThan(before.At);
        (after.Stable!.Requests - before.Stable!.Requests).ShouldBe(200);
        (after.Stable.ServerErrors - before.Stable.ServerErrors).ShouldBe(0);
        (after.Candidate!.Requests - before.Candidate!.Requests).ShouldBe(100);
        (after.Candidate.ServerErrors - before.Candidate.ServerErrors).ShouldBe(5);
        (after.Candidate.Latency.Count - before.Candidate.Latency.Count).ShouldBe(100);
        Slow(after.Candidate).ShouldBe(5);
        Slow(after.Stable).ShouldBe(0);
        after.Candidate.Crashes.ShouldBe(0);
    }

    [Test]
    public async Task ItsReadingsMakeTicksThatTheJudgeTakes()
    {
        await using var prometheus = await StartAsync();
        var metrics = prometheus.Metrics();
        var difference = new CounterDifference();
        await RealPrometheus.EventuallyAsync(metrics, HasBoth);
        difference.Take(await metrics.ReadAsync(CancellationToken.None));
        _blue.Answer(40);
        _green.Answer(40, code: 500, seconds: 3);

        var (stable, candidate, failed, drops) = (0L, 0L, 0L, new List<string>());
        var until = DateTime.UtcNow + RealPrometheus.Bound;
        while ((stable < 40 || candidate < 40) && DateTime.UtcNow < until)
        {
            var tick = difference.Take(await metrics.ReadAsync(CancellationToken.None));
            stable += tick.Stable?.Requests ?? 0;
            candidate += tick.Candidate?.Requests ?? 0;
            failed += tick.Candidate?.ServerErrors ?? 0;
            if (tick.Dropped is { } why)
                drops.Add(why);
            await Task.Delay(70);
        }

        (stable, candidate, failed).ShouldBe((40, 40, 40));
        drops.Distinct().ShouldBeSubsetOf(["reading is not newer than the one before"]);
    }

    [Test]
    public async Task AnInstanceThatStartsAnewHasDiedOnceAndLosesNothing()
    {
        _green.Answer(500);
        await using var prometheus = await StartAsync();
        var metrics = prometheus.Metrics();
        var before = await RealPrometheus.EventuallyAsync(metrics, HasBoth);
        await Task.Delay(1100); // start times closer than a second to each other are taken for the same

        _green.Restart(answersThen: 30);
        var after = await RealPrometheus.EventuallyAsync(
            metrics,
            now => now?.Candidate?.Requests - before.Candidate!.Requests >= 30
        );

        (after.Candidate!.Requests - before.Candidate!.Requests).ShouldBe(30);
        (after.Candidate.Crashes - before.Candidate.Crashes).ShouldBe(1);
        after.Stable!.Crashes.ShouldBe(0);
        after.Epoch.ShouldBe(before.Epoch);
    }

    [Test]
    public async Task ACountThatFallsWithoutANewStartIsAnotherEpoch()
    {
        using var silent = new FakeInstance(saysStart: false);
        silent.Answer(500);
        _blue.Answer(1);
        await using var prometheus = await RealPrometheus.StartAsync([
            (_blue.Target, "blue"),
            (silent.Target, "green"),
        ]);
        var metrics = prometheus.Metrics();
        var before = await RealPrometheus.EventuallyAsync(metrics, HasBoth);

        silent.Restart(answersThen: 3);

        var after = await RealPrometheus.EventuallyAsync(metrics, now => now is not null && now.Epoch != before.Epoch);
        after.Candidate!.Requests.ShouldBeGreaterThanOrEqualTo(before.Candidate!.Requests);
    }

    [Test]
    public async Task AnArmThatIsGoneIsUnknownAndTheOtherGoesOn()
    {
        await using var prometheus = await StartAsync();
        var metrics = prometheus.Metrics();
        var before = await RealPrometheus.EventuallyAsync(metrics, HasBoth);

        _green.Dispose();
        _blue.Answer(10);

        var after = await RealPrometheus.EventuallyAsync(
            metrics,
            now => now is { Candidate: null } && now.Stable?.Requests - before.Stable!.Requests >= 10
        );
        after.Stable!.Requests.ShouldBe(before.Stable!.Requests + 10);
        metrics.Problem.ShouldBe("it has no fresh sample of green");
    }

    [Test]
    public async Task OneOfTwoInstancesGoesAndANewOneComes()
    {
        using var second = new FakeInstance();
        _green.Answer(100);
        second.Answer(100);
        await using var prometheus = await RealPrometheus.StartAsync([
            (_blue.Target, "blue"),
            (_green.Target, "green"),
            (second.Target, "green"),
        ]);
        var metrics = prometheus.Metrics();
        var before = await RealPrometheus.EventuallyAsync(metrics, HasBoth);
        await Task.Delay(600);
        before = await RealPrometheus.EventuallyAsync(metrics, now => HasBoth(now) && now!.At > before.At);

        second.Dispose();
        _green.Answer(7);

        var after = await RealPrometheus.EventuallyAsync(
            metrics,
            now => now?.Candidate?.Requests - before.Candidate!.Requests >= 7
        );
        (after.Candidate!.Requests - before.Candidate!.Requests).ShouldBe(7);
        after.Epoch.ShouldBe(before.Epoch);
    }

    [Test]
    public async Task OldSamplesAreNoAnswer()
    {
        await using var prometheus = await StartAsync();
        await RealPrometheus.EventuallyAsync(prometheus.Metrics(), HasBoth);
        var strict = prometheus.Metrics(prometheus.Settings() with { ScrapeInterval = TimeSpan.FromTicks(1) });

        await RealPrometheus.EventuallyAsync(strict, now => now is null);

        strict.Problem!.ShouldContain("older than");
    }

    [Test]
    public async Task AQueryThatPrometheusRefusesIsNoAnswer()
    {
        await using var prometheus = await StartAsync();
        var metrics = prometheus.Metrics(prometheus.Settings(new() { Requests = "sum by ($arm (" }));

        (await metrics.ReadAsync(CancellationToken.None)).ShouldBeNull();

        metrics.Problem!.ShouldStartWith("bad_data: ");
    }

    [Test]
    public async Task ArmsCanBeToldByTheirVersions()
    {
        await using var prometheus = await RealPrometheus.StartAsync(
            [(_blue.Target, "v1.2.3"), (_green.Target, "1.3.0-rc.1")],
            "version"
        );
        prometheus.Arms = new("1.2.3", "1.3.0-rc.1");
        var metrics = prometheus.Metrics(
            prometheus.Settings() with
            {
                ArmBy = ArmNaming.Version,
                ArmLabel = "version",
            }
        );

        var reading = await RealPrometheus.EventuallyAsync(metrics, HasBoth);

        reading.Epoch.ShouldStartWith("1.2.3/1.3.0-rc.1/");
        prometheus.Arms = new("1.2.3", "1.2.3");
        (await metrics.ReadAsync(CancellationToken.None)).ShouldBeNull();
        metrics.Problem.ShouldBe("both versions are called 1.2.3");
    }

    private Task<RealPrometheus> StartAsync() =>
        RealPrometheus.StartAsync([(_blue.Target, "blue"), (_green.Target, "green")]);

    private static bool HasBoth(MetricsReading? reading) => reading is { Stable: not null, Candidate: not null };

    /// <summary>Requests that took half a second or longer.</summary>
    private static long Slow(ArmCounters arm) =>
        arm
            .Latency.Buckets.Zip(LatencyBounds.Milliseconds)
            .Where(bucket => bucket.Second > 500)
            .Sum(bucket => bucket.First);
}
