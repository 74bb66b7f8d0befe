using Slipway.Canary;
using Slipway.Deployment.Tests.Canary.Simulation;

namespace Slipway.Deployment.Tests.Canary;

/// <summary>Ticks of 10 s at half the traffic, a typical latency of 55 ms, 0.6 of standard deviation in ln(ms).</summary>
public sealed class LatencyTests
{
    private const double Sigma = 0.6;
    private const int Requests = 250;

    private static readonly double Usual = Math.Log(55);

    private static LatencyTick Tick(double mean, int requests = Requests) =>
        new(requests, requests * mean, (requests - 1) * Sigma * Sigma + requests * mean * mean);

    private static double EvidenceOf(IEnumerable<(double Candidate, double Stable)> means)
    {
        var spread = new LatencySpread();
        var test = new LatencyTest(new JudgeSettings());
        foreach (var (candidate, stable) in means)
        {
            spread.LearnStable(Tick(stable));
            spread.Learn(Tick(candidate));
            test.Add(Tick(candidate), Tick(stable), spread.Variance!.Value);
        }
        return test.LogEvidence;
    }

    private static (double, double)[] Even(int ticks, double slower) =>
        [
            .. Enumerable
                .Range(0, ticks)
                .Select(tick => (Usual + Math.Log(slower) + 0.02 * (tick % 2), Usual + 0.02 * ((tick + 1) % 2))),
        ];

    /// <summary>ln(1 / 0.01 / 0.20): what latency alone has to reach.</summary>
    private static double Line => Math.Log(500);

    [Test]
    public void SeveralTicksThatAgree_AreEvidence() => EvidenceOf(Even(4, slower: 1.5)).ShouldBeGreaterThan(Line);

    /// <summary>Somebody else's job took the machine for this one; the candidate had bad luck.</summary>
    [TestCase(1.5)]
    [TestCase(5)]
    [TestCase(100)]
    public void OneTickFarOff_IsNone(double slower)
    {
        var even = Even(30, slower: 1);
        EvidenceOf([.. even[..15], (Usual + Math.Log(slower), Usual), .. even[15..]]).ShouldBeLessThan(0.5 * Line);
        EvidenceOf([(Usual + Math.Log(slower), Usual)]).ShouldBeLessThan(Line);
    }

    [Test]
    public void NoMoreThanTolerated_IsNone() => EvidenceOf(Even(100, slower: 1.05)).ShouldBeLessThan(0);

    [Test]
    public void WhatTheStableTicksShare_IsLearned([Values(0, 0.1, 0.4)] double shared)
    {
        var dice = new Dice(7);
        var spread = new LatencySpread();
        for (var tick = 0; tick < 2000; tick++)
            spread.LearnStable(Tick(Usual + shared * dice.Normal() + Sigma / Math.Sqrt(Requests) * dice.Normal()));
        Math.Sqrt(spread.Variance!.Value.Within).ShouldBe(Sigma, 0.01);
        Math.Sqrt(spread.Variance.Value.Between).ShouldBe(shared, 0.015);
    }

    /// <summary>Load that grows over a day is no unevenness of ticks.</summary>
    [Test]
    public void SlowDrift_IsNot()
    {
        var spread = new LatencySpread();
        for (var tick = 0; tick < 500; tick++)
            spread.LearnStable(Tick(Usual + tick / 500.0));
        spread.Variance!.Value.Between.ShouldBe(0);
    }

    [Test]
    public void NothingIsKnownBeforeTenRequests()
    {
        var spread = new LatencySpread();
        spread.LearnStable(Tick(Usual, requests: 5));
        spread.Variance.ShouldBeNull();
    }
}
