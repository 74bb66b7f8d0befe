using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Deployment.Tests.Canary;
using Slipway.Deployment.Tests.Canary.Simulation;
using Slipway.Reports;

namespace Slipway.Deployment.Tests.Reports;

public class TheRolloutOverTime
{
    private static ImmutableArray<TickLine> Simulated(World world) =>
        [
            new TickLine { Plan = World.Plan },
            .. Simulator
                .Run(world, 1, keep: true)
                .Ticks.Select(pair => new TickLine { Tick = pair.Tick, Verdict = pair.Verdict }),
        ];

    [Test]
    public void Has_a_point_per_look_and_a_stage_per_weight()
    {
        var lines = Recordings.Read("promoted");

        var curve = RolloutCurve.Of(lines)!;

        curve.Points.Length.ShouldBe(lines.Count(line => line.Tick is not null));
        curve.Stages.Select(stage => stage.Weight).ShouldBe([5, 50, 100]);
        curve.Stages[0].Seconds.ShouldBe(lines.Sum(line => line.Tick is { Stage: < 0 } tick ? tick.Seconds : 0), 1e-9);
        curve.Stages[1].Seconds.ShouldBe(curve.Stages[0].Seconds + 6, 0.5);
        curve.Length.ShouldBe(lines.Sum(line => line.Tick?.Seconds ?? 0), 1e-9);
        curve.IsAborted.ShouldBeFalse();
        curve.Points[^1].Observed.ShouldBe(100);
    }

    [Test]
    public void Shows_what_took_a_release_back()
    {
        var curve = RolloutCurve.Of(Recordings.Read("taken-back"))!;

        curve.IsAborted.ShouldBeTrue();
        curve.Points[^1].TowardsAbort.ShouldBe(1);
        curve.Points[^1].CandidateFailing.ShouldBe(48);
        curve.Points[^1].StableFailing.ShouldBe(0);
    }

    [Test]
    public void Of_a_long_rollout_is_drawn_in_bounded_detail_without_losing_a_request()
    {
        var quiet = new ArmBehaviour(0.001);
        var lines = Simulated(new World(quiet, quiet, 50, TickSeconds: 1));

        var curve = RolloutCurve.Of(lines)!;

        lines.Length.ShouldBeGreaterThan(1500);
        curve.Points.Length.ShouldBeLessThan(170);
        curve.Stages.Select(stage => stage.Seconds).ShouldBe([0, 300, 900], 1e-6);
        HtmlReport.Write(SampleReport.Success with { Ticks = lines }).Length.ShouldBeLessThan(80_000);
    }

    [Test]
    public void Shades_the_time_that_it_stood_still()
    {
        var quiet = new ArmBehaviour(0.001);
        var lines = Simulated(new World(quiet, quiet, 50, Outage: time => time is >= 100 and < 160 ? 0.2 : null));

        var held = RolloutCurve.Of(lines)!.Points.Where(point => point.IsHeld).ToArray();

        held.Length.ShouldBeInRange(3, 10);
        held[0].Seconds.ShouldBeInRange(100, 130);
        HtmlReport.Write(SampleReport.Success with { Ticks = lines }).ShouldContain("class=\"held\"");
    }

    [Test]
    public void Has_gaps_where_nothing_was_measured()
    {
        var lines = Recordings.Read("promoted").ToBuilder();
        foreach (var index in new[] { 8, 9 })
            lines[index] = lines[index] with
            {
                Tick = lines[index].Tick! with { Stable = null, Candidate = null, Dropped = "no answer" },
            };

        var curve = RolloutCurve.Of(lines.ToImmutable())!;

        // The first reading of a rollout has nothing to be compared with.
        curve.Points.Count(point => point.IsDropped).ShouldBe(1 + 2);
        curve.Points[7..9].ShouldAllBe(point => point.IsDropped && point.Observed == null);
        HtmlReport.Write(SampleReport.Success with { Ticks = lines.ToImmutable() }).ShouldContain("no data");
    }

    [Test]
    public void Goes_on_where_a_resumed_rollout_begins_anew()
    {
        var lines = Recordings.Read("promoted");

        var curve = RolloutCurve.Of([.. lines[..6], .. lines])!;

        curve.Stages.Select(stage => stage.Weight).ShouldBe([5, 5, 50, 100]);
        curve.Points.Select(point => point.Entry).Distinct().Count().ShouldBe(6);
        curve.Points.Select(point => point.Seconds).ShouldBeInOrder();
    }

    [Test]
    public void Is_not_there_without_a_look_at_a_weight()
    {
        RolloutCurve.Of([]).ShouldBeNull();
        RolloutCurve.Of(default).ShouldBeNull();
        RolloutCurve.Of(Recordings.Read("promoted")[..1]).ShouldBeNull();
        HtmlReport.Write(SampleReport.Success with { Ticks = [] }).ShouldContain("Share of traffic of the candidate");
    }

    [TestCase(0, 1, 1)]
    [TestCase(1.01, 1, 2)]
    [TestCase(2, 1, 2)]
    [TestCase(26, 1, 50)]
    [TestCase(100, 1, 100)]
    [TestCase(734, 1, 1000)]
    public void Has_round_axes(double value, double smallest, double top) =>
        RoundScale.Top(value, smallest).ShouldBe(top, 1e-9);

    [TestCase(0.4)]
    [TestCase(27.2)]
    [TestCase(1800)]
    [TestCase(900_000)]
    public void Has_few_marks_of_time(double seconds) => RoundScale.Times(seconds).Count().ShouldBeInRange(2, 8);
}
