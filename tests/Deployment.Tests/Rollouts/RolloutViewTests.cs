using Slipway.Canary;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

public sealed class RolloutViewTests
{
    private static RolloutState State() =>
        new()
        {
            Phase = RolloutPhase.Running,
            At = new DateTimeOffset(2026, 3, 2, 10, 2, 3, TimeSpan.Zero),
            DeploymentId = "deploy-20260302-100000-abcdef",
            Candidate = FakeWorld.Versions("v2.0.0"),
            Stable = FakeWorld.Versions("v1.0.0"),
            Stages = [new("canary", 5, 120, 300, "running"), new("full", 100, 0, 900, "waiting")],
            Stage = 0,
            WeightAsked = 5,
            WeightConfirmed = 5.1,
            ShareObserved = 4.8,
            StableRates = new(47.5, 0.001, 12.34),
            CandidateRates = new(2.4, 0.05, 18.5),
            Verdict = new(
                VerdictKind.Continue,
                VerdictReason.None,
                1.2,
                0.3,
                0.26,
                CanaryMetric.ServerErrors,
                120,
                300,
                288
            ),
            Message = "nothing to decide yet",
        };

    [Test]
    public void Tree()
    {
        string.Join('\n', RolloutView.Render(State(), 120))
            .ShouldBe(
                """
                rollout deploy-20260302-100000-abcdef  running
                ├─ stable     v1.0.0         47.5 rps, 0.1 % failing, 12.34 ms
                ├─ candidate  v2.0.0         2.4 rps, 5 % failing, 18.5 ms
                ├─ weight     asked 5 %, router 5.1 %, observed 4.8 %
                │  ├─ canary         5 %  [####......] running, 180 s left
                │  └─ full         100 %  [..........] waiting
                ├─ evidence   [#####...............] 26 % of the abort line, p = 0.3
                └─ nothing to decide yet
                """
            );
    }

    [Test]
    public void Plain() =>
        RolloutView
            .RenderPlain(State())
            .ShouldBe(
                "10:02:03 running: canary 5 % 120/300 s, observed 4.8 %; candidate 2.4 rps, 5 % failing, 18.5 ms, stable 47.5 rps, 0.1 % failing, 12.34 ms; nothing to decide yet"
            );

    [Test]
    public void CutsToTheWidth() => RolloutView.Render(State(), 50).ShouldAllBe(line => line.Length <= 50);

    [Test]
    public void ShowsNoControlCharactersOfAService()
    {
        var hostile = State() with { Message = "api: \u001b[2J\r\nfake line" };
        RolloutView.Render(hostile, 120).ShouldAllBe(line => !line.Any(char.IsControl));
        RolloutView.RenderPlain(hostile).Any(char.IsControl).ShouldBeFalse();
    }

    [Test]
    public void WithoutAnything_StillShows()
    {
        var empty = new RolloutState
        {
            Phase = RolloutPhase.Starting,
            DeploymentId = "d",
            Candidate = FakeWorld.Versions("v2.0.0"),
        };
        RolloutView.Render(empty, 0).Length.ShouldBe(5);
        RolloutView.RenderPlain(empty).ShouldContain("starting");
    }
}
