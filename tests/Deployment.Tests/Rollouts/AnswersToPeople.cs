using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>Whoever asks something of a rollout finds in its state what became of it.</summary>
public sealed class AnswersToPeople
{
    [TestCase(ControlKind.Pause, true, "paused by ann: why")]
    [TestCase(ControlKind.Resume, true, "resumed by ann: why")]
    [TestCase(ControlKind.PromoteStage, true, "promoted by ann: why")]
    [TestCase(ControlKind.PromoteFull, true, "promoted fully by ann: why")]
    [TestCase(ControlKind.Abort, true, "aborted by ann: why")]
    public async Task DuringAStage(ControlKind kind, bool obeyed, string text)
    {
        var world = new FakeWorld();
        world.Script.Add((100, () => world.Requests.Enqueue(new(kind, "ann", "why", "7"))));
        if (kind == ControlKind.Pause)
            world.Script.Add((200, () => world.Requests.Enqueue(new(ControlKind.Abort, "bob"))));
        await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);

        var answer = world.States.Select(state => state.Answered).First(found => found is not null)!;
        (answer.RequestId, answer.Kind, answer.Obeyed, answer.Text).ShouldBe(("7", kind, obeyed, text));
        world.States[^1].Answered.ShouldNotBeNull("the answer stays until the next one");
    }

    [Test]
    public async Task AnAbortWhileTheCandidateStartsKeepsEveryRequestFromIt()
    {
        var world = new FakeWorld();
        world.Requests.Enqueue(new(ControlKind.Abort, "ann", Id: "7"));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);

        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        world.Calls.ShouldNotContain("share 5");
        world.Stable.Version!.Semver.ShouldBe("v1.0.0");
    }

    [Test]
    public async Task APromotionBeforeTheFirstStageIsRefused()
    {
        var world = new FakeWorld();
        world.Requests.Enqueue(new(ControlKind.PromoteFull, "ann", Id: "7"));
        var result = await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);

        result.Stages.Length.ShouldBe(3, "no stage is left out");
        world.States.Select(state => state.Answered).First(found => found is not null)!.Obeyed.ShouldBeFalse();
    }

    [Test]
    public async Task APauseBeforeTheFirstStageHoldsItThere()
    {
        var world = new FakeWorld();
        world.Requests.Enqueue(new(ControlKind.Pause, "ann"));
        world.Script.Add((500, () => world.Requests.Enqueue(new(ControlKind.Abort, "ann"))));
        await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);

        world.States.ShouldContain(state => state.Phase == RolloutPhase.Paused && state.Stage == 0);
        world.Calls.ShouldNotContain("share 50");
    }
}
