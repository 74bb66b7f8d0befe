using Slipway.Canary;

namespace Slipway.Deployment.Tests.Canary;

public sealed class RecordedRolloutTests
{
    [TestCase("promoted", VerdictKind.Promote, 2)]
    [TestCase("taken-back", VerdictKind.Abort, 1)]
    public void ReplaysToTheSameVerdicts(string name, VerdictKind end, int stage)
    {
        var lines = Recordings.Read(name);
        Replay.Differences(lines).ShouldBeEmpty();
        var last = Replay.Verdicts(lines)[^1];
        (last.Kind, lines[^1].Tick!.Stage).ShouldBe((end, stage));
        Replay.Verdicts(lines).ShouldBe(lines.Where(line => line.Verdict is not null).Select(line => line.Verdict!));
    }

    [Test]
    public void OfAPromotedOne_HasEveryStageWithTrafficAtBothArms()
    {
        var ticks = Recordings
            .Read("promoted")
            .Select(line => line.Tick)
            .OfType<CanaryTick>()
            .ToLookup(tick => tick.Stage);
        ticks.Select(stage => stage.Key).ShouldBe([-1, 0, 1, 2]);
        ticks[0].Concat(ticks[1]).Sum(tick => tick.Stable!.Requests).ShouldBePositive();
        ticks.Where(stage => stage.Key >= 0).ShouldAllBe(stage => stage.Sum(tick => tick.Candidate!.Requests) > 0);
    }

    [Test]
    public void UnderAnotherPlan_GivesOtherVerdicts()
    {
        var lines = Recordings.Read("taken-back");
        var lenient = lines[0] with
        {
            Plan = lines[0].Plan! with { Settings = new JudgeSettings { FalseAbortProbability = 1e-300 } },
        };
        Replay.Differences([lenient, .. lines.Skip(1)]).ShouldNotBeEmpty();
    }
}
