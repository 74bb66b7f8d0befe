using Slipway.Deployment.Tests.Ledger;
using Slipway.Queue;

namespace Slipway.Deployment.Tests.Queue;

public class WaitingForAnEnvironment
{
    private static readonly string A = new('a', 40);
    private static readonly DateTimeOffset Now = new(2025, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly WaitingDeployment[] Two =
    [
        new("second", Now.AddMinutes(-1), "me"),
        new("first", Now.AddMinutes(-2), "you"),
    ];

    [Test]
    public void Takes_what_is_left_of_the_current_one_and_a_typical_one_for_each_before()
    {
        var history = SampleLedger.Of(
            ("v1.0.0", A, "success", 600),
            ("v1.0.1", A, "failed", 5),
            ("v1.0.2", A, "success", 90_000),
            ("v1.0.3", A, "success", 660)
        );

        var queue = DeploymentQueue.Compute(history, new("now", Now.AddSeconds(-60), "me"), Two, Now);

        queue.TypicalDuration.ShouldBe(TimeSpan.FromSeconds(660));
        queue
            .Waiting.Select(entry => (entry.Deployment.Name, entry.Position, entry.EstimatedWait))
            .ShouldBe([("first", 1, TimeSpan.FromSeconds(600)), ("second", 2, TimeSpan.FromSeconds(1260))]);
        queue.IsOverdue.ShouldBeFalse();
    }

    [Test]
    public void Does_not_go_below_zero_when_the_current_one_is_overdue()
    {
        var queue = DeploymentQueue.Compute(
            SampleLedger.Of(("v1.0.0", A, "success", 600)),
            new("now", Now.AddHours(-2), "me"),
            Two,
            Now
        );

        queue.IsOverdue.ShouldBeTrue();
        queue.Waiting[0].EstimatedWait.ShouldBe(TimeSpan.Zero);
        queue.Waiting[1].EstimatedWait.ShouldBe(TimeSpan.FromSeconds(600));
    }

    [Test]
    public void Is_not_known_without_a_history()
    {
        var queue = DeploymentQueue.Compute(SampleLedger.Of(), new("now", Now, "me"), Two, Now);

        queue.TypicalDuration.ShouldBeNull();
        queue.Waiting.ShouldAllBe(entry => entry.EstimatedWait == null);
    }

    [Test]
    public void Is_nothing_for_the_first_when_nothing_runs() =>
        DeploymentQueue
            .Compute(SampleLedger.Of(("v1.0.0", A, "success", 600)), null, Two, Now)
            .Waiting[0]
            .EstimatedWait.ShouldBe(TimeSpan.Zero);

    [Test]
    public void Goes_by_the_last_ten_deployments()
    {
        var history = Enumerable
            .Range(0, 14)
            .Select(i => ($"v1.0.{i}", A, "success", i < 4 ? 10_000.0 : 100 + i))
            .ToArray();

        DeploymentQueue
            .Compute(SampleLedger.Of(history), null, [], Now)
            .TypicalDuration.ShouldBe(TimeSpan.FromSeconds(108.5));
    }
}
