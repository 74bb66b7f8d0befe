using System.Text.Json;
using Slipway.Canary;
using Slipway.Deployment.Tests.Rollouts;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Status;

namespace Slipway.Deployment.Tests.Status;

public sealed class TheStatusOfAnEnvironment
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 30, 0, TimeSpan.Zero);

    private static readonly EnvironmentStatus Quiet = new("sandbox")
    {
        Serving = new(FakeWorld.Versions("v2.0.0"), "deploy-20260302-100000-abcdef", Now.AddMinutes(-25), 5, 5),
        Warm = new(FakeWorld.Versions("v1.0.0"), Now.AddMinutes(35), 4, 5),
        Last =
        [
            new("deploy-20260302-100000-abcdef", "v2.0.0", "success", Now.AddMinutes(-25), "ann", 300, null),
            new("deploy-20260302-090000-abcdef", "v1.0.0", "success", Now.AddMinutes(-85), "bob", 20, "v1.1.0"),
        ],
    };

    [Test]
    public void SaysWhatServesWhatIsWarmAndWhatWasLast() =>
        Text(Quiet)
            .ShouldBe(
                """
                sandbox
                  serves   v2.0.0 since 2026-03-02 10:05:00 UTC (25m), deploy-20260302-100000-abcdef
                  warm     v1.0.0 until 2026-03-02 11:05:00 UTC (another 35m), ONLY 4 OF 5 INSTANCES RUN
                  running  nothing
                  last     2026-03-02 10:05:00 UTC  v2.0.0         success        300 s  deploy-20260302-100000-abcdef  ann
                           2026-03-02 09:05:00 UTC  v1.0.0         success         20 s  deploy-20260302-090000-abcdef  bob  back from v1.1.0
                """
            );

    [Test]
    public void SaysItOfEachRegion() =>
        Text(
                Quiet with
                {
                    Serving = null,
                    Warm = null,
                    Regions =
                    [
                        new("us-east", Quiet.Serving, Quiet.Warm, 0),
                        new("eu-west", Quiet.Serving! with { Version = FakeWorld.Versions("v1.0.0") }, null, 50),
                        new("ap-south", null, null, 0, "the router does not answer"),
                    ],
                    Last = [],
                }
            )
            .ShouldBe(
                """
                sandbox
                  us-east
                    serves v2.0.0 since 2026-03-02 10:05:00 UTC (25m), deploy-20260302-100000-abcdef
                    warm   v1.0.0 until 2026-03-02 11:05:00 UTC (another 35m), ONLY 4 OF 5 INSTANCES RUN
                  eu-west
                    serves v1.0.0 since 2026-03-02 10:05:00 UTC (25m), deploy-20260302-100000-abcdef, with 50 % of the traffic
                  ap-south
                    the router does not answer
                  running  nothing
                """
            );

    [Test]
    public void SaysWhoWorksOnItAndHowFarTheyAre() =>
        StatusText
            .Running(new("ann (Deploy)", 42, Now.AddSeconds(-61), "deploy-x", "Migrate", null), Now, 80)
            .ShouldBe(["  running  deploy-x: Migrate, by ann (Deploy), process 42, for 1m 01s"]);

    [Test]
    public void DrawsTheRolloutUnderWay()
    {
        var running = new RunningWork("ann", 42, Now, "deploy-x", "Rollout", State());
        var lines = StatusText.Running(running, Now, 100);
        lines[1].ShouldBe("           rollout deploy-x  PAUSED");
        lines.ShouldAllBe(line => line.Length <= 100);
    }

    [Test]
    public void AnUnsoundLedgerIsSaid() =>
        Text(Quiet with { Findings = ["sandbox: entry 2 is missing"] })
            .ShouldContain("LEDGER CHANGED: sandbox: entry 2 is missing");

    [Test]
    public void WhatNobodyCanSeeIsSaidWithItsReason() =>
        Text(new("dev") { Unknown = "needs\nanother engine" }).ShouldBe("dev\n  needs another engine");

    [Test]
    public void NothingOfAHolderOrRecordMovesTheCursor() =>
        StatusText
            .Of(
                Quiet with
                {
                    Running = new("\u001b[2J", 1, Now, null, null, null),
                    Last = [new("d", "v1\u001b[1A", "x\r", Now, "\n", 1, "\u0007")],
                },
                Now
            )
            .ShouldAllBe(line => !line.Any(char.IsControl));

    [Test]
    public void AStateOfARolloutIsReadAsItWasWritten()
    {
        var state = State();
        var read = JsonSerializer.Deserialize<RolloutState>(
            JsonSerializer.Serialize(state, StageSerializer.Options),
            StageSerializer.Options
        )!;
        read.Stages.ShouldBe(state.Stages);
        (read with { Stages = state.Stages }).ShouldBe(state);
    }

    private static string Text(EnvironmentStatus status) => string.Join('\n', StatusText.Of(status, Now));

    private static RolloutState State() =>
        new()
        {
            Phase = RolloutPhase.Paused,
            At = Now,
            DeploymentId = "deploy-x",
            Candidate = FakeWorld.Versions("v2.0.0"),
            Stages = [new("canary", 5, 1.5, 6, "running")],
            Stage = 0,
            WeightAsked = 5,
            CandidateRates = new(3, double.NaN, null),
            Verdict = new(
                VerdictKind.Continue,
                VerdictReason.Paused,
                double.NegativeInfinity,
                1,
                0,
                CanaryMetric.None,
                1.5,
                6,
                4
            ),
            Answered = new("7", ControlKind.Pause, true, "paused by ann", Now),
        };
}
