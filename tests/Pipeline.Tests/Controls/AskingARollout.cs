using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Pipeline.Tests.Controls;

/// <summary>What the one who asked is told, by what can be seen of the rollout from another process.</summary>
public sealed class AskingARollout
{
    private const string Mine = "7";

    [Test]
    public void ItsAnswerCountsWhateverElseIsSo()
    {
        var obeyed = ControlOutcome.Of(ControlKind.Pause, Mine, Answered(true), false, isAlive: false, isLate: true)!;
        (obeyed.Done, obeyed.Keep, obeyed.Text).ShouldBe((true, true, "said"));
        ControlOutcome.Of(ControlKind.Pause, Mine, Answered(false), false, true, false)!.Done.ShouldBeFalse();
    }

    [Test]
    public void TheAnswerToSomebodyElseIsNone() =>
        ControlOutcome.Of(ControlKind.Pause, "8", Answered(true), true, true, false).ShouldBeNull();

    [TestCase(ControlKind.Pause, RolloutPhase.Running, true, true, false, null, TestName = "waits for an answer")]
    [TestCase(
        ControlKind.Pause,
        RolloutPhase.Running,
        true,
        false,
        false,
        "False False",
        TestName = "its process died"
    )]
    [TestCase(ControlKind.Pause, RolloutPhase.Running, true, true, true, "False False", TestName = "nobody takes it")]
    [TestCase(
        ControlKind.Pause,
        RolloutPhase.Running,
        false,
        true,
        true,
        "False True",
        TestName = "taken, not answered"
    )]
    [TestCase(ControlKind.PromoteStage, RolloutPhase.Promoted, true, true, false, "False False", TestName = "too late")]
    [TestCase(
        ControlKind.Abort,
        RolloutPhase.Promoted,
        true,
        true,
        false,
        null,
        TestName = "abort after the promotion"
    )]
    [TestCase(
        ControlKind.Abort,
        RolloutPhase.Promoted,
        true,
        true,
        true,
        "False False",
        TestName = "abort that nobody takes"
    )]
    [TestCase(ControlKind.Abort, RolloutPhase.RolledBack, true, true, false, "True False", TestName = "aborted itself")]
    [TestCase(ControlKind.Resume, RolloutPhase.Held, true, true, false, "False False", TestName = "held")]
    [TestCase(
        ControlKind.Abort,
        RolloutPhase.Starting,
        true,
        true,
        true,
        "True True",
        TestName = "abort while starting"
    )]
    [TestCase(ControlKind.Abort, null, true, true, true, "True True", TestName = "abort before the rollout")]
    [TestCase(ControlKind.Abort, null, true, false, true, "False False", TestName = "abort of a dead run")]
    [TestCase(ControlKind.Pause, null, true, true, true, "False False", TestName = "pause before the rollout")]
    public void Otherwise(
        ControlKind kind,
        RolloutPhase? phase,
        bool isWaiting,
        bool isAlive,
        bool isLate,
        string? doneAndKept
    )
    {
        var outcome = ControlOutcome.Of(kind, Mine, phase is { } at ? State(at) : null, isWaiting, isAlive, isLate);
        (outcome is null ? null : $"{outcome.Done} {outcome.Keep}").ShouldBe(doneAndKept);
    }

    [Test]
    public void AnAbortIsTooLateOnceTheDeploymentIsBeingRecorded()
    {
        var closed = State(RolloutPhase.Promoted) with { IsClosed = true, Message = "v2.0.0 serves" };

        var outcome = ControlOutcome.Of(ControlKind.Abort, Mine, closed, true, true, false)!;

        (outcome.Done, outcome.Keep, outcome.Text).ShouldBe((false, false, "the rollout is over: v2.0.0 serves"));
    }

    private static RolloutState Answered(bool obeyed) =>
        State(RolloutPhase.Running) with
        {
            Answered = new(Mine, ControlKind.Pause, obeyed, "said", DateTimeOffset.UnixEpoch),
        };

    private static RolloutState State(RolloutPhase phase) =>
        new()
        {
            Phase = phase,
            DeploymentId = "deploy-20260302-100000-abcdef",
            Candidate = ProjectVersion.Parse("v2.0.0"),
        };
}
