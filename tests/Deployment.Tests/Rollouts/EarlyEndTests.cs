using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>What ends a rollout early, in each of its stages: 5 % from second 0, 50 % from 300, 100 % from 900.</summary>
public sealed class EndedEarly
{
    private static readonly double[] InEachStage = [35, 450, 1300];

    private static void ShouldBeTakenBack(FakeWorld world, RolloutResult? result = null)
    {
        world.Share.ShouldBe(0);
        world.Stable.Version!.Semver.ShouldBe("v1.0.0");
        world.Stable.Alive.ShouldBe(2);
        world.Other.Version.ShouldBeNull("the candidate was stopped");
        world.Calls.LastIndexOf("share 0").ShouldBeLessThan(world.Calls.LastIndexOf("stop"), "traffic goes first");
        if (result is null)
            return;
        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        result.Serving!.Semver.ShouldBe("v1.0.0");
        result.SecondsToZero.ShouldNotBeNull().ShouldBeLessThan(1);
        result.Reason.ShouldNotBeNull();
    }

    [Test]
    public async Task ByErrors_InEachStage([ValueSource(nameof(InEachStage))] double at)
    {
        var world = new FakeWorld();
        world.Script.Add((at, () => world.Other.ErrorRate = 0.2));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        ShouldBeTakenBack(world, result);
        result.Stages[^1].Status.ShouldBe("aborted");
        (result.FinishedAt - result.StartedAt).TotalSeconds.ShouldBeLessThan(at + 61);
    }

    [Test]
    public async Task ByAPerson_InEachStage_AndWhilePaused(
        [ValueSource(nameof(InEachStage))] double at,
        [Values] bool paused
    )
    {
        var world = new FakeWorld();
        if (paused)
            world.Script.Add((at - 20, () => world.Requests.Enqueue(new(ControlKind.Pause, "bob"))));
        world.Script.Add((at, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann", "looks odd"))));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        ShouldBeTakenBack(world, result);
        result.Reason.ShouldBe("aborted by ann: looks odd");
        (result.FinishedAt - result.StartedAt).TotalSeconds.ShouldBeLessThan(at + 3);
    }

    [Test]
    public async Task ByCancellation_InEachStage([ValueSource(nameof(InEachStage))] double at)
    {
        var world = new FakeWorld();
        using var cancellation = new CancellationTokenSource();
        world.Script.Add((at, cancellation.Cancel));
        var run = new RolloutMachine(world.Plan(), world.Ports()).RunAsync(cancellation.Token);
        await Should.ThrowAsync<OperationCanceledException>(run);
        ShouldBeTakenBack(world);
        world.States[^1].Message.ShouldContain("cancelled");
    }

    [Test]
    public async Task ByTheCandidatesDeath_WithinThreeSecondsOfAProbe([ValueSource(nameof(InEachStage))] double at)
    {
        var world = new FakeWorld();
        world.Script.Add((at, () => world.Other.Alive = 0));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        ShouldBeTakenBack(world, result);
        (result.FinishedAt - result.StartedAt).TotalSeconds.ShouldBeLessThan(at + 13);
    }

    [Test]
    public async Task ByBadHealthWithGoodTraffic()
    {
        var world = new FakeWorld();
        world.Script.Add((35, () => world.Other.IsIll = true));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        ShouldBeTakenBack(world, result);
        result.Reason!.ShouldContain("answers 503");
    }

    [Test]
    public async Task ByTheWrongVersionInHealth_BeforeAnyTraffic()
    {
        var world = new FakeWorld();
        var plan = world.Plan();
        world.AfterStart = () => world.Other.SaysVersion = "1.9.9";
        var error = await Should.ThrowAsync<PipelineException>(
            new RolloutMachine(plan, world.Ports()).RunAsync(CancellationToken.None)
        );
        error.Message.ShouldContain("says version 1.9.9, expected 2.0.0");
        ShouldBeTakenBack(world);
        world.Calls.ShouldNotContain("share 5");
    }

    [Test]
    public async Task ByAFailedStart_NothingIsTouched()
    {
        var world = new FakeWorld { OnStart = () => throw new PipelineException("the image is broken") };
        var error = await Should.ThrowAsync<PipelineException>(
            new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None)
        );
        error.Message.ShouldBe("the image is broken");
        ShouldBeTakenBack(world);
    }

    [Test]
    public async Task ByARefusedApproval()
    {
        var world = new FakeWorld { Approve = _ => Task.FromResult(new ApprovalAnswer(false, "eve", "not today")) };
        var plan = world.Plan(with: settings =>
            settings with
            {
                Stages = settings.Stages.SetItem(1, settings.Stages[1] with { RequiresApproval = true }),
            }
        );
        var result = await new RolloutMachine(plan, world.Ports()).RunAsync(CancellationToken.None);
        ShouldBeTakenBack(world, result);
        result.Reason!.ShouldContain("refused by eve: not today");
    }

    [Test]
    public async Task ByAnAbortDuringAnApproval()
    {
        var world = new FakeWorld { Approve = _ => new TaskCompletionSource<ApprovalAnswer>().Task };
        world.Script.Add((500, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        var plan = world.Plan(with: settings =>
            settings with
            {
                Stages = settings.Stages.SetItem(1, settings.Stages[1] with { RequiresApproval = true }),
            }
        );
        ShouldBeTakenBack(world, await new RolloutMachine(plan, world.Ports()).RunAsync(CancellationToken.None));
    }

    [Test]
    public async Task NotByAnApprovalFromAnotherTerminal_WhichIsWrittenDownAndEndsTheQuestion()
    {
        var world = new FakeWorld { Approve = _ => new TaskCompletionSource<ApprovalAnswer>().Task };
        world.Script.Add((500, () => world.Requests.Enqueue(new(ControlKind.PromoteStage, "ann", "looks well", "7"))));
        var plan = world.Plan(with: settings =>
            settings with
            {
                Stages = settings.Stages.SetItem(1, settings.Stages[1] with { RequiresApproval = true }),
            }
        );
        var result = await new RolloutMachine(plan, world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        result.Stages.Select(stage => stage.Approval?.By).ShouldBe([null, "ann", null]);
        result.Stages[1].Approval!.Reason.ShouldBe("looks well");
        result.Stages[1].StartedAt.ShouldBeGreaterThanOrEqualTo(result.StartedAt.AddSeconds(500));
        world.States.ShouldContain(state =>
            state.Phase == RolloutPhase.AwaitingApproval && state.Message.Contains("--target=Promote")
        );
        world.States.ShouldContain(state =>
            state.Answered != null && state.Answered.RequestId == "7" && state.Answered.Obeyed
        );
        world.Asked.IsCancellationRequested.ShouldBeTrue();
    }

    [Test]
    public async Task ByErrorsDuringAnApproval_TheStageBeforeIsStillJudged()
    {
        var world = new FakeWorld { Approve = _ => new TaskCompletionSource<ApprovalAnswer>().Task };
        world.Script.Add((500, () => world.Other.ErrorRate = 0.3));
        var plan = world.Plan(with: settings =>
            settings with
            {
                Stages = settings.Stages.SetItem(1, settings.Stages[1] with { RequiresApproval = true }),
            }
        );
        ShouldBeTakenBack(world, await new RolloutMachine(plan, world.Ports()).RunAsync(CancellationToken.None));
    }
}

public sealed class TheRouterFails
{
    [Test]
    public async Task ForAWhileDuringTheRetreat_TheRetreatInsists()
    {
        var world = new FakeWorld();
        world.Script.Add((35, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        world.Script.Add((35, () => world.RouterFailures = 12));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        world.Share.ShouldBe(0);
        result.SecondsToZero!.Value.ShouldBeInRange(1, 60);
    }

    [Test]
    public async Task ForGoodDuringTheRetreat_TheEndSaysWhereThingsStandAndWhatToType()
    {
        var world = new FakeWorld();
        world.Script.Add((35, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        world.Script.Add((35, () => world.RouterFailures = int.MaxValue));
        var error = await Should.ThrowAsync<PipelineException>(
            new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None)
        );
        error.Message.ShouldContain("the router did not take the traffic back");
        error.Message.ShouldContain("aborted by ann");
        error.Next!.ShouldContain("--target=Abort");
        world.Other.Alive.ShouldBe(2, "what may still get traffic is not stopped");
        world.Stable.Alive.ShouldBe(2);
    }

    [Test]
    public async Task ForAWhileInAStage_NothingHappens([Values(35, 450, 1300)] double at)
    {
        var world = new FakeWorld();
        world.Script.Add((at, () => world.RouterFailures = 2));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
    }

    [Test]
    public async Task AtTheFirstWeight_IsTriedAgain_ThenTakenBack([Values(2, 50)] int failures)
    {
        var world = new FakeWorld();
        world.OnStart = () => world.RouterFailures = failures;
        var run = new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        if (failures == 2)
        {
            (await run).Result.ShouldBe(RolloutOutcome.Promoted);
            return;
        }
        var error = await Should.ThrowAsync<PipelineException>(run);
        error.Message.ShouldContain("weight of 5 %");
        world.Stable.Version!.Semver.ShouldBe("v1.0.0");
        world.Share.ShouldBe(0);
    }

    [Test]
    public async Task BySettingAnotherWeightBehindOurBack_IsHeld_AndGoesOn()
    {
        var world = new FakeWorld();
        world.Script.Add((55, () => world.Share = 0));
        world.Script.Add((205, () => world.Share = 5));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.States.ShouldContain(state =>
            state.Phase == RolloutPhase.Holding && state.Verdict!.Reason == VerdictReason.Routing
        );
        result.Stages[0].DurationSeconds.ShouldBeGreaterThan(400);
    }

    [Test]
    public async Task ByTakingAStableInstanceForDead_IsHeld_NamesTheService_AndGoesOn()
    {
        var world = new FakeWorld();
        world.Script.Add((55, () => world.RouterSeesAuth = false));
        world.Script.Add((205, () => world.RouterSeesAuth = true));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world
            .Lines.Where(line => line.Tick?.StableDown is not null)
            .ShouldAllBe(line => line.Tick!.StableDown == "auth" && line.Verdict!.Reason == VerdictReason.StableDown);
        world.Lines.Count(line => line.Tick?.StableDown is not null).ShouldBe(15);
        result.Stages[0].DurationSeconds.ShouldBeGreaterThan(400);
    }
}

public sealed class AServiceThatComesWithTheCandidate
{
    [Test]
    public async Task IsNoWrongWeight_AndNoStableInstanceThatDied()
    {
        var world = new FakeWorld { BringsAService = true };
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.States.ShouldNotContain(state => state.Phase == RolloutPhase.Holding);
        world.Lines.ShouldAllBe(line => line.Tick == null || line.Tick.StableDown == null);
    }

    /// <summary>Nobody is left without service that had it before.</summary>
    [Test]
    public async Task GoesWithIt_WhenItIsTakenBack()
    {
        var world = new FakeWorld { BringsAService = true, CandidateErrorRate = 0.5 };
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        world.Share.ShouldBe(0);
        world.Stable.Version!.Semver.ShouldBe("v1.0.0");
    }
}

public sealed class MetricsAreGone
{
    [Test]
    public async Task ForAWhile_IsHeld_ThenGoesOn()
    {
        var world = new FakeWorld();
        world.Script.Add((55, () => world.MetricsAnswer = false));
        world.Script.Add((555, () => world.MetricsAnswer = true));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.States.ShouldContain(state => state.Phase == RolloutPhase.Holding);
        result.Stages[0].DurationSeconds.ShouldBeGreaterThan(700);
    }

    [Test]
    public async Task ForGood_EndsAsHeld_WithTheStableVersionServingAndTheCandidateKept()
    {
        var world = new FakeWorld { MetricsAnswer = false };
        var result = await new RolloutMachine(world.Plan(holdLimit: TimeSpan.FromMinutes(30)), world.Ports()).RunAsync(
            CancellationToken.None
        );
        result.Result.ShouldBe(RolloutOutcome.Held);
        result.Serving!.Semver.ShouldBe("v1.0.0");
        (world.Share, world.Other.Alive).ShouldBe((0, 2));
        world
            .Lines.Where(line => line.Verdict is not null)
            .ShouldAllBe(line => line.Verdict!.Kind == VerdictKind.Continue || line.Verdict.Kind == VerdictKind.Hold);
    }
}

public sealed class BothVersionsSuffer
{
    [Test]
    public async Task IsHeld_NotAborted_ThenGoesOn([Values(55, 450)] double at)
    {
        var world = new FakeWorld();
        void Suffer(bool ill, double rate)
        {
            (world.Stable.ErrorRate, world.Other.ErrorRate) = (rate, rate);
            (world.Stable.IsIll, world.Other.IsIll) = (ill, ill);
        }

        world.Script.Add((at, () => Suffer(true, 0.9)));
        world.Script.Add((at + 200, () => Suffer(false, 0)));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.States.ShouldContain(state =>
            state.Verdict != null && state.Verdict.Reason == VerdictReason.StableDegraded
        );
    }
}

public sealed class ADatabaseDiesUnderBothVersions
{
    [Test]
    public async Task AndTheCandidateComesBackALittleLater_ItIsNotBlamed()
    {
        var world = new FakeWorld();
        world.Script.Add((55, () => (world.Stable.IsIll, world.Other.IsIll) = (true, true)));
        world.Script.Add((80, () => world.Stable.IsIll = false));
        world.Script.Add((80.9, () => world.Other.IsIll = false));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted, result.Reason);
    }

    [Test]
    public async Task AndTheCandidateDoesNotComeBack_ItIsTakenBack()
    {
        var world = new FakeWorld();
        world.Script.Add((55, () => (world.Stable.IsIll, world.Other.IsIll) = (true, true)));
        world.Script.Add((80, () => world.Stable.IsIll = false));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.RolledBack, result.Reason);
    }

    [Test]
    public async Task BeforeTheFirstWeight_ItIsWaitedFor()
    {
        var world = new FakeWorld();
        world.AfterStart = () => (world.Stable.IsIll, world.Other.IsIll) = (true, true);
        world.Script.Add((20, () => (world.Stable.IsIll, world.Other.IsIll) = (false, false)));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted, result.Reason);
    }

    [Test]
    public async Task BeforeTheFirstWeight_AndForGood_APersonIsAsked_AndNobodyIsBlamed()
    {
        var world = new FakeWorld();
        world.AfterStart = () => (world.Stable.IsIll, world.Other.IsIll) = (true, true);
        var held = await Should.ThrowAsync<PipelineException>(
            new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None)
        );
        held.ExitCode.ShouldBe(ExitCode.Held);
        held.Message.ShouldStartWith("neither version is healthy");
        world.Share.ShouldBe(0);
    }
}

public sealed class TooLittleTraffic
{
    [Test]
    public async Task WaitsForAPerson_WhoPromotes()
    {
        var world = new FakeWorld { RequestsPerSecond = 2 };
        world.Script.Add(
            (1000, () => world.Requests.Enqueue(new(ControlKind.PromoteStage, "ann", "known to be quiet")))
        );
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        result
            .Stages[0]
            .ShouldSatisfyAllConditions(
                stage => stage.Status.ShouldBe("promoted"),
                stage => stage.Explanation.ShouldBe("promoted by ann: known to be quiet")
            );
        world.States.ShouldContain(state => state.Phase == RolloutPhase.Inconclusive);
    }

    [Test]
    public async Task EndsAsHeld_WhenNobodyComes()
    {
        var world = new FakeWorld { RequestsPerSecond = 2 };
        var result = await new RolloutMachine(world.Plan(holdLimit: TimeSpan.FromMinutes(5)), world.Ports()).RunAsync(
            CancellationToken.None
        );
        result.Result.ShouldBe(RolloutOutcome.Held);
        world.Share.ShouldBe(0, "nobody watches a candidate when the program has ended");
    }

    [Test]
    public async Task IsAcceptedWhereSaid()
    {
        var world = new FakeWorld { RequestsPerSecond = 2 };
        var plan = world.Plan() with { AcceptLowTraffic = true };
        (await new RolloutMachine(plan, world.Ports()).RunAsync(CancellationToken.None)).Result.ShouldBe(
            RolloutOutcome.Promoted
        );
    }
}

public sealed class PeopleAskFor
{
    [Test]
    public async Task PauseAndResume_TheStageClockStandsStill()
    {
        var world = new FakeWorld();
        world.Script.Add((100, () => world.Requests.Enqueue(new(ControlKind.Pause, "ann"))));
        world.Script.Add((400, () => world.Requests.Enqueue(new(ControlKind.Resume, "ann"))));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        result.Stages[0].DurationSeconds.ShouldBeInRange(590, 615);
        world.States.ShouldContain(state => state.Phase == RolloutPhase.Paused);
    }

    [Test]
    public async Task APauseThatNobodyEnds_EndsAsHeld()
    {
        var world = new FakeWorld();
        world.Script.Add((100, () => world.Requests.Enqueue(new(ControlKind.Pause, "ann"))));
        var result = await new RolloutMachine(world.Plan(holdLimit: TimeSpan.FromMinutes(10)), world.Ports()).RunAsync(
            CancellationToken.None
        );
        result.Result.ShouldBe(RolloutOutcome.Held);
    }

    [Test]
    public async Task FullPromotion_InEachStage([Values(35, 450, 1300)] double at)
    {
        var world = new FakeWorld();
        world.Script.Add((at, () => world.Requests.Enqueue(new(ControlKind.PromoteFull, "ann"))));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        (result.FinishedAt - result.StartedAt).TotalSeconds.ShouldBeLessThan(at + 3);
        world.Stable.DeploymentId.ShouldBe("deploy-new");
    }
}

public sealed class AFreezeWindow
{
    private sealed class Frozen(DateTimeOffset from, DateTimeOffset to) : IFreezeCalendar
    {
        public string? OpenAt(DateTimeOffset at) => at >= from && at < to ? "year's end" : null;
    }

    [Test]
    public async Task BlocksTheStart()
    {
        var world = new FakeWorld();
        var now = world.Time.GetUtcNow();
        var error = await Should.ThrowAsync<PipelineException>(
            new RolloutMachine(world.Plan(), world.Ports(new Frozen(now, now.AddHours(1)))).RunAsync(
                CancellationToken.None
            )
        );
        error.ExitCode.ShouldBe(ExitCode.Frozen);
        world.Calls.ShouldNotContain("start");
    }

    [Test]
    public async Task BlocksTheNextStage_UntilItEnds_ButNotATakeBack()
    {
        var world = new FakeWorld();
        var now = world.Time.GetUtcNow();
        var freeze = new Frozen(now.AddSeconds(100), now.AddSeconds(1000));
        var result = await new RolloutMachine(world.Plan(), world.Ports(freeze)).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        (result.Stages[1].StartedAt - now).TotalSeconds.ShouldBeInRange(1000, 1015);
        world.States.ShouldContain(state => state.Phase == RolloutPhase.AwaitingThaw);

        var bad = new FakeWorld();
        bad.Script.Add((600, () => bad.Other.ErrorRate = 0.3));
        (await new RolloutMachine(bad.Plan(), bad.Ports(freeze)).RunAsync(CancellationToken.None)).Result.ShouldBe(
            RolloutOutcome.RolledBack
        );
    }

    [Test]
    public async Task IsOverriddenWithAReason()
    {
        var world = new FakeWorld();
        var now = world.Time.GetUtcNow();
        var plan = world.Plan() with { FreezeOverride = "security fix" };
        var result = await new RolloutMachine(plan, world.Ports(new Frozen(now, now.AddDays(1)))).RunAsync(
            CancellationToken.None
        );
        result.Result.ShouldBe(RolloutOutcome.Promoted);
    }
}

public sealed class AFirstDeployment
{
    [Test]
    public async Task GetsAllTrafficOnceItIsHealthy_AndSaysSo()
    {
        var world = new FakeWorld(hasStable: false);
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        (result.Warm, result.WarmUntil).ShouldBe((null, null));
        result.Stages.Single().Explanation.ShouldContain("first deployment");
        world.Stable.Version!.Semver.ShouldBe("v2.0.0");
    }

    [Test]
    public async Task ThatIsIll_GetsNone()
    {
        var world = new FakeWorld(hasStable: false);
        world.AfterStart = () => world.Other.IsIll = true;
        await Should.ThrowAsync<PipelineException>(
            new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None)
        );
        world.Stable.Version.ShouldBeNull();
        world.Other.Version.ShouldBeNull();
    }
}
