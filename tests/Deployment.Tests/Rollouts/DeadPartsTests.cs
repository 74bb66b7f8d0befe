using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>What dies beside a rollout: the version before, or the router. 5 % from second 0, 50 % from 300, 100 % from 900.</summary>
public sealed class DeadBesideARollout
{
    private static readonly double[] InEachStage = [35, 450, 1300];

    [Test]
    public async Task ACandidateThatIsNotFitForAnyTraffic_IsARollback_ButNotWhereNothingServedBefore(
        [Values] bool hasStable
    )
    {
        var world = new FakeWorld(hasStable);
        world.AfterStart = () => world.Other.SaysVersion = "9.9.9";
        var refused = await Should.ThrowAsync<PipelineException>(() =>
            new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None)
        );
        refused.ExitCode.ShouldBe(hasStable ? ExitCode.RolledBack : ExitCode.Failed);
        refused.Message.ShouldContain("is not healthy");
        world.Share.ShouldBe(0);
    }

    [Test]
    public async Task WhereNobodySaysWhichInstancesThereAre_NoneIsDead_AndNoStagePasses()
    {
        var world = new FakeWorld();
        world.Script.Add((250, () => world.ProbesCanAsk = false));
        world.Script.Add((400, () => world.ProbesCanAsk = true));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        result.Stages[0].DurationSeconds.ShouldBeGreaterThan(399, "a stage of 300 s whose end nobody could look at");
    }

    [Test]
    public async Task ADeadStableVersion_IsStartedAgainBeforeTheCandidate()
    {
        var world = new FakeWorld();
        world.Stable.Alive = 0;
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.Calls.IndexOf("repair").ShouldBeLessThan(world.Calls.IndexOf("start"));
        world.SecondsUnserved.ShouldBe(0);
    }

    [Test]
    public async Task ADeadStableVersion_IsStartedAgainBeforeTrafficGoesBackToIt(
        [ValueSource(nameof(InEachStage))] double at
    )
    {
        var world = new FakeWorld();
        world.Script.Add((at, () => (world.Stable.Alive, world.Other.ErrorRate) = (0, 1)));
        world.Script.Add((at, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        (world.Share, world.Stable.Alive).ShouldBe((0, 2));
    }

    [Test]
    public async Task ZeroPercentIsNeverNobody_TheLivingCandidateKeepsItsTraffic_AndAPersonIsTold(
        [ValueSource(nameof(InEachStage))] double at
    )
    {
        var world = new FakeWorld { CanRepair = false };
        world.Script.Add((at, () => world.Stable.Alive = 0));
        world.Script.Add((at, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        var held = await Should.ThrowAsync<PipelineException>(() =>
            new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None)
        );
        held.ExitCode.ShouldBe(ExitCode.Held);
        held.Message.ShouldContain("no living instance of api, auth");
        held.Message.ShouldContain("cannot be started again");
        held.Next.ShouldNotBeNull().ShouldContain("--target=SandboxUp");
        world.Share.ShouldBePositive();
        world.Other.Alive.ShouldBe(2);
    }

    [Test]
    public async Task WhereBothAreDead_TheTrafficGoesBackAllTheSame()
    {
        var world = new FakeWorld { CanRepair = false };
        world.Script.Add((35, () => world.Stable.Alive = world.Other.Alive = 0));
        world.Script.Add((35, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        world.Share.ShouldBe(0);
    }

    [Test]
    public async Task ARouterThatBeganAnew_GetsTheWeightOfTheStageAgain([ValueSource(nameof(InEachStage))] double at)
    {
        var world = new FakeWorld();
        world.Script.Add((at, () => (world.Share, world.Epoch) = (0, "2")));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.SecondsUnserved.ShouldBe(0);
        world.Calls.Count(call => call.StartsWith("share", StringComparison.Ordinal)).ShouldBe(4);
    }

    /// <summary>The router dies when its weight is confirmed, before anything was counted at it.</summary>
    [Test]
    public async Task ARouterThatBeganAnew_AsTheStageBegan_GetsItsWeightAgain(
        [Values(5, 50, 100)] int percent,
        [Values] bool isBackAtOnce
    )
    {
        var world = new FakeWorld();
        var isSet = false;
        world.AfterCall = name =>
        {
            isSet |= name == $"share {percent}";
            if (!isSet || name != "read router")
                return;
            world.AfterCall = null;
            if (isBackAtOnce)
                BeginAnew();
            else
            {
                world.MetricsAnswer = false;
                world.Script.Add(((world.Time.GetUtcNow() - FakeTime.Start).TotalSeconds + 15, BeginAnew));
            }
        };
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.Calls.Count(call => call == $"share {percent}").ShouldBe(2);

        void BeginAnew() => (world.MetricsAnswer, world.Share, world.Epoch) = (true, 0, "2");
    }

    /// <summary>That it began anew before is no leave to overrule a person later.</summary>
    [Test]
    public async Task AWeightThatAPersonSetAfterwards_IsHeld()
    {
        var world = new FakeWorld();
        world.Script.Add((350, () => (world.Share, world.Epoch) = (0, "2")));
        world.Script.Add((500, () => world.Share = 0));
        var result = await new RolloutMachine(world.Plan(holdLimit: TimeSpan.FromMinutes(5)), world.Ports()).RunAsync(
            CancellationToken.None
        );
        result.Result.ShouldBe(RolloutOutcome.Held);
        world.Calls.Count(call => call == "share 50").ShouldBe(2);
    }
}
