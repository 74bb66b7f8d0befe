namespace Slipway.Tools.Tests;

public class PercentileCurveTests
{
    private static readonly (double, double)[] Curve = [(0, 10), (50, 20), (90, 40), (99, 80), (100, 200)];

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    [TestCase(12_345)]
    public void AddsUpToAllRequests(long requests) =>
        PercentileCurve.Buckets(Curve, requests).Sum(bucket => bucket.Requests).ShouldBe(requests);

    [Test]
    public void BetweenTwoPercentilesLieAsManyAsTheirDistanceSays() =>
        PercentileCurve.Buckets(Curve, 1000).ShouldBe([(10, 20, 500), (20, 40, 400), (40, 80, 90), (80, 200, 10)]);

    [Test]
    public void NobodyWasAskedAnything() => PercentileCurve.Buckets(Curve, 0).ShouldBeEmpty();
}
