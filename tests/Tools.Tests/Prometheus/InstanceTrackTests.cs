using System.Collections.Immutable;

namespace Slipway.Tools.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class InstanceTrackTests
{
    private static readonly DateTimeOffset Zero = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly InstanceTrack _track = new(countStarts: true);

    [Test]
    public void BetweenTwoScrapesItGrowsEvenly()
    {
        _track.Add(Scrape(0, 1000), null);
        _track.Add(Scrape(10, 1100), At(0));

        Grown(0).ShouldBe(0);
        Grown(5).ShouldBe(50);
        Grown(10).ShouldBe(100);
        Grown(60).ShouldBe(100);
        _track.SpreadFrom(At(5)).ShouldBe(At(0));
        _track.SpreadFrom(At(10)).ShouldBe(At(10));
    }

    [Test]
    public void OneThatBeganAfterTheOthersWereToldCountsFromItsBirth()
    {
        _track.Add(Scrape(10, 40, startedAt: 6), At(5));

        Grown(6).ShouldBe(0);
        Grown(8).ShouldBe(20);
        Grown(10).ShouldBe(40);
    }

    [Test]
    public void AnOlderOneCountsFromWhereItIsFirstSeen()
    {
        _track.Add(Scrape(10, 40, startedAt: -100), At(5));

        Grown(10).ShouldBe(0);
    }

    [Test]
    public void ANewStartIsADeathAndNoReset()
    {
        _track.Add(Scrape(0, 1000, startedAt: -100), null);
        _track.Add(Scrape(10, 30, startedAt: 4), At(0));

        Grown(4).ShouldBe(0);
        Grown(7).ShouldBe(15);
        Grown(10).ShouldBe(30);
        (_track.GrownAt(At(10)).Crashes, _track.Resets).ShouldBe((1, 0));
    }

    [Test]
    public void AFallWithoutANewStartIsAReset()
    {
        _track.Add(Scrape(0, 1000, startedAt: -100), null);
        _track.Add(Scrape(10, 999, startedAt: -100), At(0));

        (_track.GrownAt(At(10)).Crashes, _track.Resets).ShouldBe((0, 1));
    }

    [Test]
    public void AnOlderScrapeOfAnotherPrometheusIsLeftOut()
    {
        _track.Add(Scrape(10, 1000), null);
        _track.Add(Scrape(8, 990), At(10));

        (_track.At, _track.Resets).ShouldBe((At(10), 0));
    }

    [Test]
    public void ABucketThatIsGoneIsAReset()
    {
        var bucket = new LatencyBucket(10, 20);
        _track.Add(With(Scrape(0, 10), bucket, 5), null);
        _track.Add(With(Scrape(10, 20), new(10, 40), 9), At(0));

        _track.Resets.ShouldBe(1);
    }

    private double Grown(double seconds) => _track.GrownAt(At(seconds)).Requests;

    private static DateTimeOffset At(double seconds) => Zero.AddSeconds(seconds);

    private static InstanceScrape Scrape(double at, double requests, double? startedAt = null) =>
        new(
            "green",
            "a:1",
            At(at),
            At(at),
            startedAt is { } started ? At(started) : null,
            InstanceCounts.None with
            {
                Requests = requests,
            }
        );

    private static InstanceScrape With(InstanceScrape scrape, LatencyBucket bucket, double count) =>
        scrape with
        {
            Counts = scrape.Counts with
            {
                Latency = ImmutableDictionary<LatencyBucket, double>.Empty.Add(bucket, count),
            },
        };
}
