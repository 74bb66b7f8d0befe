using Slipway.Canary;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class CloudWatchMetricsTests
{
    private readonly SetTime _time = new(CloudWatchSample.Noon.AddSeconds(30));
    private FakeAws _aws = new(Both);
    private Slot? _stable = Slot.Blue;

    private CloudWatchMetrics Metrics() => new(_aws, CloudWatchSample.Settings, _time, _ => Task.FromResult(_stable));

    [Test]
    public async Task TellsOfTheLastPeriodThatIsOverForLongEnough()
    {
        var reading = (await Metrics().ReadAsync(CancellationToken.None)).ShouldNotBeNull();

        // 12:00:30 less two minutes of delay is 11:58:30: the period that ended at 11:58 is the last.
        reading.At.ShouldBe(CloudWatchSample.Noon.AddMinutes(-2));
        Option("--end-time").ShouldBe("2026-11-20T11:58:00Z");
        reading.SpreadFrom.ShouldBe(reading.At);
    }

    [Test]
    public async Task AddsEachPeriodOnce()
    {
        var metrics = Metrics();
        var difference = new CounterDifference();
        difference.Take(await metrics.ReadAsync(CancellationToken.None));

        _time.Now += TimeSpan.FromMinutes(2);
        var tick = difference.Take(await metrics.ReadAsync(CancellationToken.None));

        tick.Dropped.ShouldBeNull();
        tick.Seconds.ShouldBe(120);
        tick.Stable!.ShouldSatisfyAllConditions(
            stable => stable.Requests.ShouldBe(1900),
            stable => stable.ServerErrors.ShouldBe(0),
            stable => stable.Latency.Count.ShouldBe(1900)
        );
        tick.Candidate!.ShouldSatisfyAllConditions(
            candidate => candidate.Requests.ShouldBe(100),
            candidate => candidate.ServerErrors.ShouldBe(8),
            candidate => candidate.Latency.Count.ShouldBe(100)
        );
        Mean(tick.Candidate!).ShouldBe(Mean(tick.Stable!), 0.05);
        Mean(tick.Stable!).ShouldBe((Math.Log(10) + Math.Log(100)) / 2, 0.03);
    }

    [Test]
    public async Task WithinAPeriodItSaysTheSameAndAsksNothing()
    {
        var metrics = Metrics();
        var first = await metrics.ReadAsync(CancellationToken.None);
        _time.Now += TimeSpan.FromSeconds(20);

        var second = await metrics.ReadAsync(CancellationToken.None);

        second!.At.ShouldBe(first!.At);
        second.Stable!.Requests.ShouldBe(first.Stable!.Requests);
        _aws.Commands.Count.ShouldBe(1);
    }

    [Test]
    public async Task PeriodsWithoutAnyDataAreAskedAgain()
    {
        var late = CloudWatchSample.Noon.AddMinutes(-3);
        _aws = new((query, start) => start >= late ? null : Both(query, start));
        var metrics = Metrics();
        var first = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();
        first.At.ShouldBe(late);

        late = CloudWatchSample.Noon.AddMinutes(10);
        var second = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();

        second.At.ShouldBe(CloudWatchSample.Noon.AddMinutes(-2));
        (second.Stable!.Requests - first.Stable!.Requests).ShouldBe(950);
    }

    [Test]
    public async Task WhoIsWhoFollowsTheRouter()
    {
        var metrics = Metrics();
        var before = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();

        _stable = Slot.Green;
        var after = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();

        after.Epoch.ShouldNotBe(before.Epoch);
        after.Candidate!.Requests.ShouldBe(before.Stable!.Requests);
    }

    [Test]
    public async Task AfterALongSilenceItBeginsAnew()
    {
        var metrics = Metrics();
        var before = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();

        _time.Now += TimeSpan.FromHours(3);
        var after = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();

        after.Epoch.ShouldNotBe(before.Epoch);
        Option("--start-time").ShouldBe("2026-11-20T14:53:00Z");
    }

    [TestCase(
        "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Timestamps\":[],\"Values\":[],\"StatusCode\":\"InternalError\"}]}"
    )]
    [TestCase(
        "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Timestamps\":[],\"Values\":[],\"StatusCode\":\"PartialData\"}]}"
    )]
    [TestCase("{\"MetricDataResults\":[{\"Id\":\"q0\"")]
    [TestCase("")]
    [TestCase("Unable to locate credentials")]
    public async Task HalfAnAnswerIsNone(string output)
    {
        _aws.Output = output;
        var metrics = Metrics();

        (await metrics.ReadAsync(CancellationToken.None)).ShouldBeNull();

        metrics.Problem.ShouldNotBeNullOrWhiteSpace();
        _aws.Output = null;
        (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull();
    }

    [Test]
    public async Task AProgramThatFailsIsNoAnswer()
    {
        _aws.Failure = new PipelineException("aws cloudwatch …\nUnable to locate credentials");
        var metrics = Metrics();

        (await metrics.ReadAsync(CancellationToken.None)).ShouldBeNull();

        metrics.Problem.ShouldBe("Unable to locate credentials");
    }

    [Test]
    public async Task NobodyKnowsWhoIsStable()
    {
        _stable = null;
        var metrics = Metrics();

        (await metrics.ReadAsync(CancellationToken.None)).ShouldBeNull();

        metrics.Problem.ShouldBe("nobody says which slot is stable");
    }

    private static double? Both(CloudWatchQuery query, DateTimeOffset start) =>
        query.TargetGroup == CloudWatchSample.Blue
            ? CloudWatchSample.Steady(query, 950)
            : CloudWatchSample.Steady(query, 50, failed: 4);

    private static double Mean(ArmTick arm) => arm.Latency.SumOfLogs / arm.Latency.Count;

    private string Option(string name)
    {
        var arguments = _aws.Commands[^1].Arguments;
        return arguments[arguments.IndexOf(name) + 1];
    }
}
