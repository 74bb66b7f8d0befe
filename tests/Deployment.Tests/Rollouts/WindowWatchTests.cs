using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>A version that was promoted is judged through its rollback window; the version before is warm.</summary>
public sealed class WindowWatchTests
{
    private FakeWorld _world = null!;
    private DateTimeOffset _until;

    [SetUp]
    public async Task Promote()
    {
        _world = new();
        var result = await new RolloutMachine(_world.Plan(), _world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        _until = result.WarmUntil!.Value;
    }

    [Test]
    public async Task AGoodVersion_IsWatchedToTheEndOfItsWindow()
    {
        var result = await WatchAsync();

        result.End.ShouldBe(WindowEnd.Over);
        _world.Time.GetUtcNow().ShouldBeInRange(_until, _until + TimeSpan.FromSeconds(11));
        var last = _world.States[^1];
        last.Phase.ShouldBe(RolloutPhase.Watching);
        last.Stages[^1]
            .ShouldSatisfyAllConditions(
                stage => stage.Length.ShouldBe(3600, 5),
                stage => stage.Seconds.ShouldBeGreaterThanOrEqualTo(3590)
            );
        RolloutView.RenderPlain(last).ShouldContain("watching: full 100 % ");
        last.CandidateRates!.RequestsPerSecond.ShouldBe(100, 1);
        last.ShareObserved.ShouldBe(100);
        _world.Share.ShouldBe(0, "it only looks");
    }

    [Test]
    public async Task AFaultThatBeginsLater_IsFound_AndTheVersionBeforeIsStillWarm()
    {
        In(1200, () => _world.Stable.ErrorRate = 0.02);

        var result = await WatchAsync();

        result.End.ShouldBe(WindowEnd.Bad);
        result.Explanation.ShouldStartWith("failures of the candidate are ");
        (_world.Time.GetUtcNow() - FakeTime.Start).TotalSeconds.ShouldBeInRange(Now, Now + 120);
        _world.Other.Version.ShouldBe(FakeWorld.Versions("v1.0.0"));
    }

    [Test]
    public async Task AVersionThatDies_IsFoundByItsHealth()
    {
        In(1200, () => _world.Stable.IsIll = true);

        var result = await WatchAsync();

        result.End.ShouldBe(WindowEnd.Bad);
        result.Explanation.ShouldContain("failed 3 health probes in a row");
        (_world.Time.GetUtcNow() - FakeTime.Start).TotalSeconds.ShouldBeInRange(Now, Now + 25);
    }

    [Test]
    public async Task WhatBothVersionsSufferFrom_IsNotItsFault()
    {
        In(1200, () => (_world.Stable.IsIll, _world.Other.IsIll) = (true, true));
        In(1500, () => (_world.Stable.IsIll, _world.Other.IsIll) = (false, false));

        (await WatchAsync()).End.ShouldBe(WindowEnd.Over);
    }

    [Test]
    public async Task MetricsThatAreGone_AreHeldAndTold_AndItResumesByItself()
    {
        In(600, () => _world.MetricsAnswer = false);
        In(1200, () => _world.MetricsAnswer = true);

        var result = await WatchAsync();

        result.End.ShouldBe(WindowEnd.Over);
        _world.States.ShouldContain(state =>
            state.Phase == RolloutPhase.Holding && state.Message.StartsWith("no metrics for ", StringComparison.Ordinal)
        );
    }

    [Test]
    public async Task MetricsThatStayAway_AreNeverARollback_AndNeverFine()
    {
        In(600, () => _world.MetricsAnswer = false);

        (await WatchAsync()).End.ShouldBe(WindowEnd.Unjudged);
    }

    [Test]
    public async Task AnotherVersionThatServes_EndsIt()
    {
        In(900, () => _world.Stable.DeploymentId = "deploy-newer");

        var result = await WatchAsync();

        result.ShouldBe(new(WindowEnd.Superseded, "v2.0.0 serves now, by deploy-newer"));
    }

    [Test]
    public async Task ANewCandidateInThePlaceOfTheWarmVersion_EndsIt()
    {
        In(900, () => _world.Other.Version = FakeWorld.Versions("v3.0.0"));

        var result = await WatchAsync();

        result.ShouldBe(new(WindowEnd.Superseded, "v1.0.0 is not kept any more: v3.0.0 takes its place"));
    }

    [Test]
    public async Task ItsTicksReplayToTheSameVerdicts_AlsoAfterItWasKilledAndStartedAgain()
    {
        using var killed = new CancellationTokenSource();
        In(600, killed.Cancel);
        await Should.ThrowAsync<OperationCanceledException>(() => WatchAsync(killed.Token));
        var beforeTheKill = _world.Lines.Count;
        In(900, () => _world.Stable.ErrorRate = 0.02);

        (await WatchAsync()).End.ShouldBe(WindowEnd.Bad);

        _world.Lines.Count.ShouldBeGreaterThan(beforeTheKill);
        var written = TickLog.Read(string.Concat(_world.Lines.Select(line => TickLog.Write(line) + "\n")));
        written.Count(line => line.Plan is not null).ShouldBe(1, "the watch goes on with the rollout's judge");
        Replay.Differences(written).ShouldBeEmpty();
        Replay.Verdicts(written)[^1].Kind.ShouldBe(VerdictKind.Abort);
        written.Select(line => line.Tick).OfType<CanaryTick>().Select(tick => tick.Sequence).ShouldBeInOrder();
    }

    private double Now { get; set; }

    /// <summary>Seconds after the watch began.</summary>
    private void In(double seconds, Action happens)
    {
        Now = (_world.Time.GetUtcNow() - FakeTime.Start).TotalSeconds + seconds;
        _world.Script.Add((Now, happens));
    }

    private Task<WindowResult> WatchAsync(CancellationToken cancellation = default) =>
        new WindowWatch(
            new WindowPlan(_world.Plan(), FakeWorld.Versions("v1.0.0"), _until, [.. _world.Lines]),
            _world.Ports()
        ).RunAsync(cancellation);
}
