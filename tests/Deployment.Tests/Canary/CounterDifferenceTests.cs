using System.Collections.Immutable;
using Slipway.Canary;

namespace Slipway.Deployment.Tests.Canary;

public sealed class CounterDifferenceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ArmCounters Counters(long requests, params (int Bucket, long Count)[] latencies)
    {
        var buckets = new long[LatencyBounds.Milliseconds.Length + 1];
        foreach (var (bucket, count) in latencies)
            buckets[bucket] += count;
        var all = latencies.Sum(latency => latency.Count);
        return new(requests, 0, 0, 0, new(all, all * 2.0, all * 5.0, [.. buckets]));
    }

    private static MetricsReading Reading(
        int second,
        ArmCounters? stable,
        ArmCounters? candidate,
        string epoch = "1"
    ) => new(Start.AddSeconds(second), epoch, stable, candidate);

    [Test]
    public void OfTwoReadings_IsWhatHappenedBetween()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(100), Counters(10))).Dropped.ShouldNotBeNull();
        var tick = difference.Take(Reading(10, Counters(150), Counters(13)));
        tick.Dropped.ShouldBeNull();
        (tick.Stable!.Requests, tick.Candidate!.Requests, tick.Seconds).ShouldBe((50, 3, 10));
    }

    [Test]
    public void AnotherEpoch_OrASmallerCount_DropsTheTick_AndTheNextIsGood()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(100), Counters(10)));
        difference.Take(Reading(10, Counters(150), Counters(13), "2")).Dropped!.ShouldContain("epoch");
        difference.Take(Reading(20, Counters(20), Counters(14), "2")).Dropped!.ShouldContain("smaller");
        difference.Take(Reading(30, Counters(30), Counters(15), "2")).Stable!.Requests.ShouldBe(10);
    }

    [Test]
    public void NoAnswer_DropsTheTick_AndTheNextCoversTheGap()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(100), Counters(10)));
        difference.Take(null).Dropped.ShouldNotBeNull();
        difference.Take(Reading(20, Counters(160), null)).Dropped.ShouldBe("no metrics of the candidate");
        difference.Take(Reading(30, Counters(200), Counters(20))).Stable!.Requests.ShouldBe(100);
    }

    [Test]
    public void ANumberThatIsNone_DropsTheTick()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(100), Counters(10)));
        var broken = Counters(20) with { Latency = new LatencyCounters(5, double.NaN, 1, []) };
        difference.Take(Reading(10, Counters(150), broken)).Dropped.ShouldNotBeNull();
    }

    [Test]
    public void BeforeTheFirstWeight_TheStableArmSuffices()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(100), null), needsCandidate: false);
        difference.Take(Reading(10, Counters(110), null), needsCandidate: false).Stable!.Requests.ShouldBe(10);
    }

    [Test]
    public void Tail_IsCountedAboveTheStableArmsQuantilesBeforeTheTick()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(0), Counters(0)));
        (int, long)[] usual = [(10, 500), (20, 400), (30, 90), (40, 10)];
        var first = difference.Take(Reading(10, Counters(1000, usual), Counters(0)));
        first.Stable!.Latency.TailCount.ShouldBe(0, "no quantile is known before the first tick is over");
        var twice = usual.Select(bucket => (bucket.Item1, bucket.Item2 * 2)).ToArray();
        var second = difference
            .Take(Reading(20, Counters(2000, twice), Counters(30, (15, 10), (35, 20))))
            .Candidate!.Latency;
        (second.TailCount, second.AboveP50, second.AboveP90, second.AboveP99).ShouldBe((30, 30, 20, 20));
    }

    [Test]
    public void SlowerByLessThanTheFloor_IsNotSlow()
    {
        // Buckets 10, 15, 20, 40 end at about 0.26, 0.42, 0.67 and 4.5 ms: a floor of 3 ms lies between the last two.
        var difference = new CounterDifference(latencyFloorMilliseconds: 3);
        difference.Take(Reading(0, Counters(0), Counters(0)));
        (int, long)[] usual = [(10, 1000)];
        difference.Take(Reading(10, Counters(1000, usual), Counters(0)));
        var cold = difference
            .Take(Reading(20, Counters(2000, (10, 2000)), Counters(30, (15, 10), (20, 10), (40, 10))))
            .Candidate!.Latency;
        (cold.AboveP50, cold.AboveP90, cold.AboveP99).ShouldBe((10, 10, 10));
    }

    [Test]
    public void AnOutlier_CountsAsTheStableArmsP999()
    {
        var difference = new CounterDifference();
        difference.Take(Reading(0, Counters(0), Counters(0)));
        difference.Take(Reading(10, Counters(1000, (10, 1000)), Counters(0)));
        var last = LatencyBounds.Milliseconds.Length;
        var outlier = Math.Log(LatencyBounds.Milliseconds[^1]);
        var candidate = Counters(1, (last, 1)) with { };
        candidate = candidate with
        {
            Latency = candidate.Latency with { SumOfLogs = outlier, SumOfSquaredLogs = outlier * outlier },
        };
        var tick = difference.Take(Reading(20, Counters(2000, (10, 2000)), candidate)).Candidate!.Latency;
        tick.SumOfLogs.ShouldBeLessThan(0, "bucket 10 is about a quarter of a millisecond");
    }
}
