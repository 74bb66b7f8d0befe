using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>Every combination of who runs in the arms, whether they live, and who has the traffic.</summary>
public sealed class RecoveryDecisionTests
{
    private static ArmState Arm(string who) =>
        who switch
        {
            "none" => new(null, null, 0, 0, ImmutableSortedDictionary<string, Uri>.Empty),
            "old" => State("v1.0.0", "deploy-old", 2),
            "old dead" => State("v1.0.0", "deploy-old", 0),
            "ours" => State("v2.0.0", "deploy-new", 2),
            "ours half" => State("v2.0.0", "deploy-new", 1),
            "ours dead" => State("v2.0.0", "deploy-new", 0),
            "other" => State("v1.5.0", "deploy-other", 2),
            "other dead" => State("v1.5.0", "deploy-other", 0),
            _ => throw new ArgumentOutOfRangeException(nameof(who)),
        };

    private static ArmState State(string version, string id, int alive) =>
        new(FakeWorld.Versions(version), id, 2, alive, ImmutableSortedDictionary<string, Uri>.Empty);

    // stable, candidate, share → action, stage
    [TestCase("none", "none", 0, RecoveryAction.StartFirst, 0)]
    [TestCase("none", "ours", 0, RecoveryAction.StartFirst, 0)]
    [TestCase("none", "ours", 100, RecoveryAction.StartFirst, 0)]
    [TestCase("none", "other", 0, RecoveryAction.StartFirst, 0)]
    [TestCase("none", "other", 100, RecoveryAction.Refuse, 0)]
    [TestCase("none", "other dead", 100, RecoveryAction.StartFirst, 0)]
    [TestCase("ours", "none", 0, RecoveryAction.Finished, 0)]
    [TestCase("ours", "old", 0, RecoveryAction.Finished, 0)]
    [TestCase("ours", "old", 50, RecoveryAction.Finished, 0)]
    [TestCase("old", "none", 0, RecoveryAction.Start, 0)]
    [TestCase("old", "none", 5, RecoveryAction.RetreatThenStart, 0)]
    [TestCase("old", "ours", 0, RecoveryAction.Start, 0)]
    [TestCase("old", "ours", 3, RecoveryAction.Continue, 0)]
    [TestCase("old", "ours", 5, RecoveryAction.Continue, 0)]
    [TestCase("old", "ours", 4.7, RecoveryAction.Continue, 0)]
    [TestCase("old", "ours", 49, RecoveryAction.Continue, 0)]
    [TestCase("old", "ours", 50.2, RecoveryAction.Continue, 1)]
    [TestCase("old", "ours", 99, RecoveryAction.Continue, 1)]
    [TestCase("old", "ours", 100, RecoveryAction.Continue, 2)]
    [TestCase("old", "ours half", 50, RecoveryAction.RetreatThenStart, 0)]
    [TestCase("old", "ours half", 0, RecoveryAction.Start, 0)]
    [TestCase("old", "ours dead", 50, RecoveryAction.RetreatThenStart, 0)]
    [TestCase("old", "ours dead", 0, RecoveryAction.Start, 0)]
    [TestCase("old", "other", 0, RecoveryAction.Start, 0)]
    [TestCase("old", "other", 50, RecoveryAction.RetreatThenStart, 0)]
    [TestCase("old", "other dead", 50, RecoveryAction.RetreatThenStart, 0)]
    [TestCase("old dead", "ours", 50, RecoveryAction.Continue, 1)]
    [TestCase("old dead", "ours half", 50, RecoveryAction.Continue, 1)]
    [TestCase("old dead", "other", 50, RecoveryAction.Refuse, 0)]
    [TestCase("old dead", "none", 0, RecoveryAction.Start, 0)]
    public void Of(string stable, string candidate, double share, RecoveryAction action, int stage)
    {
        var router = new RouterState([new("api", share, 0, 0, true, true)]);
        var decision = RecoveryDecision.Of(
            router,
            Arm(stable),
            Arm(candidate),
            "deploy-new",
            new RolloutSettings().Stages
        );
        (decision.Action, decision.Stage).ShouldBe((action, stage));
        decision.Reason.ShouldNotBeNullOrWhiteSpace();
    }
}
