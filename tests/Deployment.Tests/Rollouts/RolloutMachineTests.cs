using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

public sealed class AGoodCandidate
{
    private FakeWorld world = null!;
    private RolloutResult result = null!;

    [SetUp]
    public async Task RollOut()
    {
        world = new FakeWorld();
        result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
    }

    [Test]
    public void IsPromoted_AndTheVersionBeforeStaysWarm()
    {
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        result.Serving!.Semver.ShouldBe("v2.0.0");
        result.Warm!.Semver.ShouldBe("v1.0.0");
        (result.WarmUntil - result.FinishedAt).ShouldBe(TimeSpan.FromMinutes(60));
        world.Stable.DeploymentId.ShouldBe("deploy-new");
        (world.Other.Alive, world.Share).ShouldBe((2, 0));
    }

    [Test]
    public void PassesEveryStageInOrder()
    {
        result
            .Stages.Select(stage => (stage.Stage, stage.TrafficPercentage, stage.Status))
            .ShouldBe([("canary", 5, "healthy"), ("progressive", 50, "healthy"), ("full", 100, "healthy")]);
        result.Stages.Select(stage => stage.DurationSeconds).ShouldBe([300, 600, 900]);
        result.Stages.ShouldAllBe(stage => stage.CandidateRequests >= 100 && stage.CandidateErrors == 0);
        world
            .Calls.Where(call => call.StartsWith("share") || call is "swap" or "start")
            .ShouldBe(["start", "share 5", "share 50", "share 100", "swap"]);
    }

    [Test]
    public void LeavesALogThatReplaysToTheSameVerdicts()
    {
        var lines = TickLog.Read(string.Concat(world.Lines.Select(line => TickLog.Write(line) + "\n")));
        lines.Length.ShouldBeGreaterThan(180);
        Replay.Differences(lines).ShouldBeEmpty();
    }

    [Test]
    public void LosesNothing() => world.SecondsUnserved.ShouldBe(0);
}
