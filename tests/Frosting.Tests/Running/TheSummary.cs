using Slipway.Host;

namespace Slipway.Frosting.Tests.Running;

internal sealed class TheSummary
{
    [Test]
    public void Is_as_approved() =>
        string.Concat(SummaryText.Of(Example).Select(line => line.Text + "\n")).ShouldBeApproved("Summary");

    [Test]
    public void Comes_after_a_failure_too()
    {
        using var host = HostUnderTest.WithDiamond().Failing("B");
        host.Run("--target=D").ShouldBe(1);
        host.Out.ShouldContain("Task         Start      Duration  Status");
        host.Out.ShouldContain("critical path");
    }

    [Test]
    public void Names_the_chain_that_took_longest()
    {
        using var host = HostUnderTest.WithDiamond().Doing("C", _ => Thread.Sleep(150));
        host.Run("--target=D", "--parallel=2").ShouldBe(0);
        host.Timeline.CriticalPath.ShouldContain("C");
        host.Timeline.CriticalPath.ShouldNotContain("B");
        host.Timeline.WallSeconds.ShouldBeGreaterThanOrEqualTo(host.Timeline.CriticalSeconds);
    }

    [Test]
    public void Its_timeline_is_as_documented() => (Example.ToJson() + "\n").ShouldBeApproved("Timeline");

    private static RunTimeline Example { get; } =
        new()
        {
            Targets = ["Deploy"],
            StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            ExitCode = 1,
            WallSeconds = 75.2,
            CriticalPath = ["Validate", "Build"],
            CriticalSeconds = 73.4,
            Tasks =
            [
                Ran("Validate", TaskOutcome.Succeeded, 0, 0.42),
                Ran("Build", TaskOutcome.Failed, 0.5, 73, "the APK is debuggable\nnext: build a release", "Validate"),
                Ran("Scan", TaskOutcome.FailedContinued, 0.5, 12.25, "1 finding", "Validate"),
                Ran("Backup", TaskOutcome.Skipped, 12.75, 0, "there is no database yet", "Validate"),
                Ran("Wait", TaskOutcome.Cancelled, 13, 1, "cancelled: Build failed", "Validate"),
                new("Migrate", TaskOutcome.NotRun, ["Build", "Backup"]) { Reason = "Build failed" },
                new("Deploy", TaskOutcome.Aggregate, ["Migrate"]),
            ],
        };

    private static TaskResult Ran(
        string name,
        TaskOutcome status,
        double offset,
        double seconds,
        string? reason = null,
        params string[] dependsOn
    ) =>
        new(name, status, [.. dependsOn])
        {
            Lane = 0,
            StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddSeconds(offset),
            Offset = offset,
            Seconds = seconds,
            Reason = reason,
        };
}
