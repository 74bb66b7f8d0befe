using Slipway.Canary;

namespace Slipway.Deployment.Tests.Canary;

public class LatencyHistogramTests
{
    [TestCase(10, 25, 1000)]
    [TestCase(10, 25, 1_000_000)]
    [TestCase(0, 5, 500)]
    [TestCase(10_000, double.PositiveInfinity, 500)]
    public void PlacesRequestsEvenlyOverTheLogarithmOfTheirBucket(double lower, double upper, long requests)
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 10; i++)
            histogram.Add(lower, upper, requests / 10);

        var (low, high) = (
            Math.Log(lower > 0 ? lower : upper / 2),
            Math.Log(double.IsFinite(upper) ? upper : 2 * lower)
        );
        var read = histogram.Read();
        var mean = read.SumOfLogs / read.Count;
        read.Count.ShouldBe(requests);
        read.Buckets.Sum().ShouldBe(requests);
        mean.ShouldBe((low + high) / 2, 0.01);
        (read.SumOfSquaredLogs / read.Count - mean * mean).ShouldBe((high - low) * (high - low) / 12, 0.01);
    }

    [Test]
    public void OnlyGrows()
    {
        var histogram = new LatencyHistogram();
        var before = histogram.Read();
        for (var i = 0; i < 200; i++)
        {
            histogram.Add(i % 7, i % 7 + 3, i % 5);
            var now = histogram.Read();
            now.Buckets.Zip(before.Buckets).ShouldAllBe(pair => pair.First >= pair.Second);
            now.Buckets.Sum().ShouldBe(now.Count);
            before = now;
        }
    }

    [Test]
    public void BothArmsGetTheSamePlaces()
    {
        LatencyHistogram stable = new(),
            candidate = new();
        for (var i = 0; i < 50; i++)
        {
            stable.Add(100, 250, 3);
            candidate.Add(100, 250, 3);
        }

        candidate.Read().SumOfLogs.ShouldBe(stable.Read().SumOfLogs);
    }

    [TestCase(0, 0)]
    [TestCase(-1, 0.0001)]
    [TestCase(0.001, 0.002)]
    [TestCase(0, double.PositiveInfinity)]
    public void WhatIsShorterThanCanBeToldApartIsTheShortest(double lower, double upper)
    {
        var histogram = new LatencyHistogram();

        histogram.Add(lower, upper, 10);

        var read = histogram.Read();
        read.Count.ShouldBe(10);
        read.SumOfLogs.ShouldBeInRange(10 * Math.Log(0.5) - 1e-9, 10 * Math.Log(1));
    }
}
