using Slipway.Health;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Health;

public sealed class ProbeScheduleTests
{
    private static readonly ProbeSchedule Well = new(TimeSpan.FromSeconds(10));

    [Test]
    public void AfterAFailure_AsksAgainAtOneAndTwoSeconds_ThenItIsDead()
    {
        var first = Well.After(false);
        var second = first.After(false);
        var third = second.After(false);
        (first.Delay.TotalSeconds, second.Delay.TotalSeconds).ShouldBe((1, 1));
        (first.IsDead, second.IsDead, third.IsDead).ShouldBe((false, false, true));
        third.Delay.TotalSeconds.ShouldBe(10);
    }

    [Test]
    public void AGoodAnswer_ForgetsTheFailures() => Well.After(false).After(false).After(true).ShouldBe(Well);

    [Test]
    public void AShorterInterval_IsKept() =>
        new ProbeSchedule(TimeSpan.FromMilliseconds(500)).After(false).Delay.ShouldBe(TimeSpan.FromMilliseconds(500));
}

public sealed class HealthJudgementTests
{
    private static HealthReading Reading(bool healthy = true, int? code = 200, string? version = "1.2.3") =>
        new("api", healthy, code, version, 1, "");

    [Test]
    public void HealthyWithTheRightVersion() => HealthJudgement.Of([Reading()], "1.2.3").IsHealthy.ShouldBeTrue();

    [Test]
    public void NobodyAnswers_IsNotHealthy()
    {
        HealthJudgement.Of([], "1.2.3").IsHealthy.ShouldBeFalse();
        HealthJudgement.Of(default, "1.2.3").IsHealthy.ShouldBeFalse();
    }

    [TestCase(false, 503, "1.2.3", "api: answers 503")]
    [TestCase(false, null, null, "api: does not answer")]
    [TestCase(true, 200, "1.2.2", "api: says version 1.2.2, expected 1.2.3")]
    [TestCase(true, 200, null, "api: says version none, expected 1.2.3")]
    public void SaysWhatIsWrong(bool healthy, int? code, string? version, string problem) =>
        HealthJudgement.Of([Reading(healthy, code, version)], "1.2.3").Problems.ShouldBe([problem]);
}
