using Slipway.Queue;

namespace Slipway.Deployment.Tests.Queue;

public sealed class TheQueueAsText
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 30, 0, TimeSpan.Zero);

    [Test]
    public void SaysWhatRunsAndWhoWaits() =>
        QueueText
            .Of(
                new(
                    "production",
                    new("deploy-x", Now.AddMinutes(-12), "ann"),
                    [new(new("run 7", Now.AddMinutes(-3), "bob\n"), 1, TimeSpan.FromSeconds(90))],
                    TimeSpan.FromMinutes(10),
                    IsOverdue: true
                ),
                Now
            )
            .ShouldBe(
                """
                production: a deployment takes 10m
                  now  deploy-x, by ann, for 12m, longer than usual
                    1  run 7, by bob , in about 1m 30s
                """
            );

    [Test]
    public void SaysThatNothingRuns() =>
        QueueText
            .Of(new("production", null, [], null, IsOverdue: false), Now)
            .ShouldBe("production: no deployment yet\n  now  nothing\n  nobody waits");
}
