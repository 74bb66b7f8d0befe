using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Deployment.Tests.Canary.Simulation;

namespace Slipway.Deployment.Tests.Canary;

/// <summary>A script of ticks, ten seconds each, before a judge.</summary>
internal sealed class Court(int weight = 5, double seconds = 300, JudgeSettings? settings = null)
{
    private int sequence;

    public CanaryJudge Judge { get; } =
        new(new(settings ?? new JudgeSettings(), [new("canary", weight, seconds), new("full", 100, seconds)]));

    public int Stage { get; set; }

    public static ArmTick Arm(long requests, long errors = 0, long timeouts = 0, long crashes = 0) =>
        new(requests, errors, timeouts, crashes, LatencyTick.None);

    public CanaryVerdict See(
        ArmTick? candidate,
        ArmTick? stable,
        int failedProbes = 0,
        bool paused = false,
        double? routerShare = null,
        string? stableDown = null
    ) =>
        Judge.Observe(
            new CanaryTick
            {
                Stage = Stage,
                Entry = Stage + 1,
                Sequence = sequence++,
                Seconds = 10,
                Candidate = candidate,
                Stable = stable,
                Dropped = candidate is null || stable is null ? "no answer" : null,
                FailedProbes = failedProbes,
                Paused = paused,
                RouterShare = routerShare,
                StableDown = stableDown,
            }
        );

    public CanaryVerdict Good() => See(Arm(25), Arm(475));
}

public sealed class ErrorsOfTheCandidate
{
    /// <summary>Cases that a rank test over ticks passes.</summary>
    [Test]
    public void FewAgainstNone_Abort()
    {
        var court = new Court();
        long[] errors = [0, 1, 2, 1, 0, 0];
        var verdicts = errors.Select(count => court.See(Court.Arm(25, count), Court.Arm(475))).ToArray();
        verdicts.ShouldContain(verdict =>
            verdict.Kind == VerdictKind.Abort && verdict.Reason == VerdictReason.Evidence
        );
        verdicts[1].Kind.ShouldBe(VerdictKind.Continue);
    }

    [Test]
    public void TenInSevenOfAHundredTicksAgainstOnes_Abort()
    {
        var court = new Court(seconds: 1000);
        var verdicts = Enumerable
            .Range(0, 100)
            .Select(tick => court.See(Court.Arm(25, tick % 14 == 13 ? 10 : 0), Court.Arm(475, 1)))
            .ToArray();
        verdicts.ShouldContain(verdict => verdict.Kind == VerdictKind.Abort);
    }

    [Test]
    public void TwoAreNoEvidence_HoweverRareErrorsAre()
    {
        var court = new Court();
        for (var tick = 0; tick < 20; tick++)
            court.See(Court.Arm(1, tick == 5 ? 2 : 0), Court.Arm(100_000)).Kind.ShouldNotBe(VerdictKind.Abort);
    }

    [Test]
    public void TimeoutsAndCrashes_CountAsErrors()
    {
        var timeouts = new Court();
        Enumerable
            .Range(0, 5)
            .Select(_ => timeouts.See(Court.Arm(25, 0, 2), Court.Arm(475)))
            .ShouldContain(verdict => verdict.Kind == VerdictKind.Abort && verdict.Driver == CanaryMetric.Timeouts);
        var crashes = new Court();
        Enumerable
            .Range(0, 40)
            .Select(tick => crashes.See(Court.Arm(25, 0, 0, tick % 6 == 0 ? 1 : 0), Court.Arm(475)))
            .ShouldContain(verdict => verdict.Kind == VerdictKind.Abort && verdict.Driver == CanaryMetric.Crashes);
    }

    [Test]
    public void AFaultThatShowsOnlyUnderMoreLoad_IsNotHiddenByTheGoodPast()
    {
        var plan = World.Plan;
        var judge = new CanaryJudge(plan);
        for (var tick = 0; tick < 200; tick++)
            judge.Observe(Tick(0, Court.Arm(250, 2), Court.Arm(4750, 47)));
        var verdicts = Enumerable
            .Range(0, 6)
            .Select(_ => judge.Observe(Tick(1, Court.Arm(2500, 100), Court.Arm(2500, 25))))
            .ToArray();
        verdicts.ShouldContain(verdict => verdict.Kind == VerdictKind.Abort);

        static CanaryTick Tick(int stage, ArmTick candidate, ArmTick stable) =>
            new()
            {
                Stage = stage,
                Entry = stage + 1,
                Seconds = 10,
                Candidate = candidate,
                Stable = stable,
            };
    }
}

public sealed class HardTrip
{
    [Test]
    public void ThreeFailedProbes_Abort()
    {
        var court = new Court();
        court.See(Court.Arm(25), Court.Arm(475), failedProbes: 2).Kind.ShouldBe(VerdictKind.Continue);
        var verdict = court.See(Court.Arm(25), Court.Arm(475), failedProbes: 3);
        (verdict.Kind, verdict.Reason).ShouldBe((VerdictKind.Abort, VerdictReason.FailedProbes));
    }

    [Test]
    public void ThreeFailedProbesWithoutMetrics_Abort()
    {
        var court = new Court();
        court.See(null, null, failedProbes: 3).Kind.ShouldBe(VerdictKind.Abort);
    }

    [Test]
    public void ACrashLoop_Aborts()
    {
        var court = new Court();
        court.See(Court.Arm(0, 0, 0, 2), Court.Arm(475)).Kind.ShouldBe(VerdictKind.Continue);
        var verdict = court.See(Court.Arm(0, 0, 0, 1), Court.Arm(475));
        (verdict.Kind, verdict.Reason).ShouldBe((VerdictKind.Abort, VerdictReason.CrashLoop));
    }

    [Test]
    public void HalfOfTwentyFailing_Aborts_EvenWhereTheEvidenceNeedsMore()
    {
        var court = new Court(weight: 50);
        var verdict = court.See(Court.Arm(20, 5, 5), Court.Arm(20));
        (verdict.Kind, verdict.Reason).ShouldBe((VerdictKind.Abort, VerdictReason.HalfFailing));
    }

    [Test]
    public void HalfOfNineteenFailing_DoesNot()
    {
        var court = new Court(weight: 50);
        court.See(Court.Arm(19, 5, 5), Court.Arm(19)).Kind.ShouldNotBe(VerdictKind.Abort);
    }

    [Test]
    public void BothArmsDown_IsHeld_NotAborted()
    {
        var court = new Court();
        for (var tick = 0; tick < 30; tick++)
        {
            var verdict = court.See(Court.Arm(25, 25), Court.Arm(475, 475));
            (verdict.Kind, verdict.Reason).ShouldBe((VerdictKind.Hold, VerdictReason.StableDegraded));
        }
    }
}

public sealed class MissingData
{
    [Test]
    public void ThreeTicks_AreBorne_TheFourthHolds_AndTheNextGoodOneResumes()
    {
        var court = new Court();
        court.Good();
        for (var tick = 0; tick < 3; tick++)
            court.See(null, null).Kind.ShouldBe(VerdictKind.Continue);
        var held = court.See(null, null);
        (held.Kind, held.Reason).ShouldBe((VerdictKind.Hold, VerdictReason.MissingData));
        var clock = held.StageSeconds;
        court.See(null, null).StageSeconds.ShouldBe(clock);
        court.Good().Kind.ShouldBe(VerdictKind.Continue);
    }

    [Test]
    public void NeverPassesAndNeverAborts()
    {
        var court = new Court();
        for (var tick = 0; tick < 500; tick++)
            court.See(null, null).Kind.ShouldBeOneOf(VerdictKind.Continue, VerdictKind.Hold);
    }

    [Test]
    public void GoneAtTheEndOfTheStage_DoesNotPass()
    {
        var court = new Court();
        for (var tick = 0; tick < 28; tick++)
            court.Good();
        for (var tick = 0; tick < 10; tick++)
            court.See(null, null).Kind.ShouldBeOneOf(VerdictKind.Continue, VerdictKind.Hold);
        court.Good().Kind.ShouldBe(VerdictKind.Promote);
    }

    [TestCase(double.NaN, 1, 25)]
    [TestCase(1, double.PositiveInfinity, 25)]
    [TestCase(1, 1, -3)]
    public void ANumberThatCannotBe_DropsTheTick(double sum, double squares, long count)
    {
        var court = new Court();
        var broken = new ArmTick(25, 25, 25, 25, new LatencyTick(count, sum, squares));
        for (var tick = 0; tick < 100; tick++)
            court.See(broken, Court.Arm(475)).Kind.ShouldBeOneOf(VerdictKind.Continue, VerdictKind.Hold);
    }
}

public sealed class StableDegraded
{
    [Test]
    public void Holds_ThenResumes()
    {
        var court = new Court();
        for (var tick = 0; tick < 5; tick++)
            court.Good();
        court.See(Court.Arm(25, 5), Court.Arm(475, 95)).Kind.ShouldBe(VerdictKind.Hold);
        court.Good();
        court.Good();
        court.Good().Kind.ShouldBe(VerdictKind.Continue);
    }

    [Test]
    public void AVersionThatAlwaysFailed_CanBeReplaced()
    {
        var court = new Court();
        for (var tick = 0; tick < 5; tick++)
            court.Judge.Observe(
                new CanaryTick
                {
                    Stage = -1,
                    Entry = 0,
                    Seconds = 10,
                    Stable = Court.Arm(500, 100),
                }
            );
        court.See(Court.Arm(25), Court.Arm(475, 95)).Kind.ShouldBe(VerdictKind.Continue);
    }
}

public sealed class RoutingOff
{
    [Test]
    public void NoTrafficAtTheCandidate_Holds_AndResumesWhenItComes()
    {
        var court = new Court();
        court.Good();
        var verdicts = Enumerable.Range(0, 5).Select(_ => court.See(Court.Arm(0), Court.Arm(500))).ToArray();
        (verdicts[^1].Kind, verdicts[^1].Reason).ShouldBe((VerdictKind.Hold, VerdictReason.Routing));
        var after = Enumerable.Range(0, 5).Select(_ => court.Good()).ToArray();
        after[^1].Kind.ShouldBe(VerdictKind.Continue);
    }

    [Test]
    public void TooMuchTrafficAtTheCandidate_Holds()
    {
        var court = new Court();
        court.Good();
        Enumerable
            .Range(0, 5)
            .Select(_ => court.See(Court.Arm(100), Court.Arm(400)))
            .ToArray()[^1]
            .Reason.ShouldBe(VerdictReason.Routing);
    }

    [Test]
    public void TheRouterSaysAnotherWeight_Holds()
    {
        var court = new Court();
        court.See(Court.Arm(25), Court.Arm(475), routerShare: 0).Reason.ShouldBe(VerdictReason.Routing);
        court.See(Court.Arm(25), Court.Arm(475), routerShare: 5.1).Kind.ShouldBe(VerdictKind.Continue);
    }

    /// <summary>The candidate stands in for the stable instance then: its weight is 5 %, its share is not.</summary>
    [Test]
    public void AServiceWithoutAStableInstance_HoldsAtOnce_SaysWhich_AndResumes()
    {
        var court = new Court();
        court.Good();
        var held = court.See(Court.Arm(150), Court.Arm(350), stableDown: "auth");
        (held.Kind, held.Reason).ShouldBe((VerdictKind.Hold, VerdictReason.StableDown));
        court.Judge.Explain(held).Text.ShouldStartWith("no stable instance of auth answers the router");
        Enumerable.Range(0, 5).Select(_ => court.Good()).ToArray()[^1].Kind.ShouldBe(VerdictKind.Continue);
    }

    [Test]
    public void AStableVersionThatIsGoneAtFull_IsNobodysYardstick()
    {
        var court = new Court { Stage = 1 };
        court.See(Court.Arm(500), Court.Arm(0), stableDown: "auth").Kind.ShouldBe(VerdictKind.Continue);
    }

    [Test]
    public void AFaithfulRouter_IsRarelyHeld()
    {
        var quiet = new ArmBehaviour(0.001);
        var ends = CanaryTable.Play(new World(quiet, quiet, 50), 300, 2);
        ends.Count(end => end.WasHeld).ShouldBeLessThanOrEqualTo(3);
    }

    [Test]
    public void StrayTrafficAtFull_Holds()
    {
        var court = new Court { Stage = 1 };
        court.See(Court.Arm(450), Court.Arm(50));
        court.See(Court.Arm(450), Court.Arm(50)).Reason.ShouldBe(VerdictReason.Routing);
    }
}

public sealed class EndOfAStage
{
    [Test]
    public void EnoughGoodRequests_Pass()
    {
        var court = new Court(seconds: 60);
        for (var tick = 0; tick < 5; tick++)
            court.Good().Kind.ShouldBe(VerdictKind.Continue);
        court.Good().Kind.ShouldBe(VerdictKind.Promote);
    }

    [Test]
    public void TooFew_AreGivenHalfAsMuchTimeAgain_Once_ThenAPersonDecides()
    {
        var court = new Court(seconds: 60);
        var verdicts = Enumerable.Range(0, 10).Select(_ => court.See(Court.Arm(1), Court.Arm(19))).ToArray();
        verdicts[5].Kind.ShouldBe(VerdictKind.Extend);
        verdicts[6].Kind.ShouldBe(VerdictKind.Continue);
        verdicts[8].Kind.ShouldBe(VerdictKind.Inconclusive);
        verdicts[9].Kind.ShouldBe(VerdictKind.Inconclusive);
    }

    [Test]
    public void RequestsThatCameLater_AreSaid_AndAPersonStillDecides()
    {
        var judge = new CanaryJudge(new(new JudgeSettings(), [new("canary", 5, 60)]));
        var texts = new List<string>();
        for (var tick = 0; tick < 14; tick++)
        {
            var requests = tick < 9 ? 1 : 50;
            var verdict = judge.Observe(
                new CanaryTick
                {
                    Stage = 0,
                    Entry = 1,
                    Seconds = 10,
                    Candidate = Court.Arm(requests),
                    Stable = Court.Arm(19 * requests),
                }
            );
            texts.Add(judge.Explain(verdict).Text);
            if (tick >= 8)
                verdict.Kind.ShouldBe(VerdictKind.Inconclusive);
        }
        texts[8].ShouldStartWith("only 9 of 100 requests needed for a judgement (");
        texts[9].ShouldStartWith("only 59 of 100 requests needed for a judgement (");
        texts[13]
            .ShouldStartWith(
                "259 requests by now, but fewer than the 100 needed for a judgement when the stage's time was over ("
            );
    }

    [Test]
    public void TooFew_PassWhereThatIsAccepted()
    {
        var court = new Court(seconds: 60, settings: new JudgeSettings { AcceptLowTraffic = true });
        Enumerable
            .Range(0, 6)
            .Select(_ => court.See(Court.Arm(1), Court.Arm(19)))
            .ToArray()[^1]
            .Kind.ShouldBe(VerdictKind.Promote);
    }

    [Test]
    public void AFailedProbe_WaitsForTheNext()
    {
        var court = new Court(seconds: 20);
        court.Good();
        court.See(Court.Arm(100), Court.Arm(1900), failedProbes: 1).Reason.ShouldBe(VerdictReason.Gate);
        court.Good().Kind.ShouldBe(VerdictKind.Promote);
    }

    [Test]
    public void APausedStage_DoesNotEnd_ButIsStillJudged()
    {
        var court = new Court(seconds: 20);
        for (var tick = 0; tick < 50; tick++)
            court.See(Court.Arm(25), Court.Arm(475), paused: true).Reason.ShouldBe(VerdictReason.Paused);
        Enumerable
            .Range(0, 5)
            .Select(_ => court.See(Court.Arm(25, 10), Court.Arm(475), paused: true))
            .ToArray()[^1]
            .Kind.ShouldBe(VerdictKind.Abort);
    }
}

public sealed class AtFullTraffic
{
    private static Court AfterAGoodCanary()
    {
        var court = new Court();
        for (var tick = 0; tick < 30; tick++)
            court.See(Court.Arm(25), Court.Arm(475, tick % 2));
        court.Stage = 1;
        return court;
    }

    [Test]
    public void TheStableArmsEarlierRate_IsTheControl()
    {
        var court = AfterAGoodCanary();
        court.See(Court.Arm(500, 1), Court.Arm(0)).Kind.ShouldBe(VerdictKind.Continue);
        var verdicts = Enumerable.Range(0, 6).Select(_ => court.See(Court.Arm(500, 15), Court.Arm(0))).ToArray();
        verdicts[^1].Kind.ShouldBe(VerdictKind.Abort);
        verdicts[^1].Driver.ShouldBe(CanaryMetric.FailuresAtFull);
    }

    [Test]
    public void TheSameRate_Passes()
    {
        var court = AfterAGoodCanary();
        var verdicts = Enumerable
            .Range(0, 30)
            .Select(tick => court.See(Court.Arm(500, tick % 2), Court.Arm(0)))
            .ToArray();
        verdicts[^1].Kind.ShouldBe(VerdictKind.Promote);
        verdicts.ShouldAllBe(verdict => verdict.Kind != VerdictKind.Abort);
    }
}

public sealed class Explanation
{
    [Test]
    public void OfAnAbort_SaysPDriverRatioAndInterval()
    {
        var court = new Court();
        var verdict = court.Good();
        while (verdict.Kind != VerdictKind.Abort)
            verdict = court.See(Court.Arm(25, 2), Court.Arm(475, 1));
        var why = court.Judge.Explain(verdict);
        verdict.P.ShouldBeLessThanOrEqualTo(0.01);
        why.Metric.ShouldBe(CanaryMetric.ServerErrors);
        why.Ratio!.Value.ShouldBeInRange(10, 100);
        why.RatioLow!.Value.ShouldBeLessThan(why.Ratio.Value);
        why.RatioHigh!.Value.ShouldBeGreaterThan(why.Ratio.Value);
        why.Text.ShouldStartWith("server errors of the candidate are ");
        why.Text.ShouldContain("(p = 0.00");
    }

    [Test]
    public void SaysTheSmallestRatioThatThisTrafficCanShow()
    {
        double Smallest(long candidate, long stable)
        {
            var court = new Court();
            var verdict = court.Good();
            for (var tick = 0; tick < 29; tick++)
                verdict = court.See(Court.Arm(candidate), Court.Arm(stable, stable / 475));
            return court.Judge.Explain(verdict).SmallestDetectable ?? double.PositiveInfinity;
        }

        Smallest(25, 475).ShouldBeInRange(2, 100);
        Smallest(250, 4750).ShouldBeLessThan(Smallest(25, 475));
    }
}
