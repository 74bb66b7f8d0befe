using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Checks;

public class ChecksOfACommit
{
    private static readonly DateTimeOffset Early = new(2025, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [TestCase("success", CheckStatus.Passed, false)]
    [TestCase("neutral", CheckStatus.Warning, false)]
    [TestCase("failure", CheckStatus.Failed, true)]
    [TestCase("error", CheckStatus.Failed, true)]
    [TestCase("cancelled", CheckStatus.Failed, true)]
    [TestCase("timed_out", CheckStatus.Failed, true)]
    [TestCase("action_required", CheckStatus.Failed, true)]
    [TestCase("stale", CheckStatus.Failed, true)]
    [TestCase("startup_failure", CheckStatus.Failed, true)]
    [TestCase("skipped", CheckStatus.Failed, true)]
    [TestCase("something new", CheckStatus.Failed, true)]
    [TestCase("", CheckStatus.Failed, true)]
    [TestCase("pending", CheckStatus.Pending, true)]
    [TestCase("queued", CheckStatus.Pending, true)]
    [TestCase("in_progress", CheckStatus.Pending, true)]
    [TestCase("waiting", CheckStatus.Pending, true)]
    public void Are_judged(string state, CheckStatus status, bool blocks)
    {
        var check = RequiredChecks.Evaluate(["test"], [new("test", state, "https://x/1", Early)]).Single();

        check.Status.ShouldBe(status);
        check.Blocks.ShouldBe(blocks);
        check.Url.ShouldBe("https://x/1");
    }

    [Test]
    public void That_are_missing_block() =>
        RequiredChecks
            .Evaluate(["test", "lint"], [new("Test", "success", null, Early), new("lint", "success", null, Early)])
            .Select(check => check.Status)
            .ShouldBe([CheckStatus.Missing, CheckStatus.Passed]);

    [Test]
    public void Of_one_name_count_by_the_newest() =>
        RequiredChecks
            .Evaluate(
                ["test"],
                [
                    new("test", "success", null, Early.AddMinutes(1)),
                    new("test", "in_progress", null, Early.AddMinutes(2)),
                    new("test", "failure", null, Early),
                ]
            )
            .Single()
            .Status.ShouldBe(CheckStatus.Pending);

    [TestCase("v1.2.4", "v1.2.3", CheckStatus.Passed)]
    [TestCase("v1.2.3", null, CheckStatus.Passed)]
    [TestCase("v1.2.3", "v1.2.3", CheckStatus.Failed)]
    [TestCase("v1.2.2", "v1.2.3", CheckStatus.Failed)]
    [TestCase("v1.2.3-rc.1", "v1.2.3", CheckStatus.Failed)]
    public void Include_the_version_in_service(string candidate, string? inService, CheckStatus status) =>
        VersionInService
            .Check(ProjectVersion.Parse(candidate), inService is null ? null : ProjectVersion.Parse(inService))
            .Status.ShouldBe(status);

    [Test]
    public void Let_the_same_version_pass_with_a_reason() =>
        VersionInService
            .Check(ProjectVersion.Parse("v1.0.0"), ProjectVersion.Parse("v1.0.0"), "lost instance")
            .ShouldBe(
                new CheckResult(
                    CheckNames.SameVersion,
                    CheckStatus.Warning,
                    "v1.0.0 is in service already, overridden: lost instance"
                )
            );

    [TestCase(new[] { CheckNames.Freeze }, ExitCode.Frozen)]
    [TestCase(new[] { CheckNames.Lock }, ExitCode.Locked)]
    [TestCase(new[] { CheckNames.Lock, CheckNames.Freeze }, ExitCode.Locked)]
    [TestCase(new[] { CheckNames.Freeze, "test" }, ExitCode.Failed)]
    [TestCase(new[] { "test" }, ExitCode.Failed)]
    [TestCase(new string[0], ExitCode.Done)]
    public void Give_the_exit_code(string[] red, ExitCode exitCode) =>
        ChecksVerdict
            .ExitCodeOf([
                .. red.Select(name => new CheckResult(name, CheckStatus.Failed, "")),
                new("x", CheckStatus.Warning, ""),
            ])
            .ShouldBe(exitCode);

    [Test]
    public void Name_each_that_blocks_with_its_page()
    {
        CheckResult[] checks =
        [
            new("lint", CheckStatus.Passed, "success"),
            new("test", CheckStatus.Failed, "failure; expected success", "https://github.com/x/1"),
            new("audit", CheckStatus.Missing, "the commit has no such check; expected success"),
        ];

        var error = Should.Throw<PipelineException>(() => ChecksVerdict.Demand(checks));

        error.Message.ShouldBe(
            """
            2 of 3 pre-deployment checks block this deployment:
              test: failed: failure; expected success (https://github.com/x/1)
              audit: missing: the commit has no such check; expected success
            """
        );
        Should.NotThrow(() => ChecksVerdict.Demand([checks[0]]));
    }
}
