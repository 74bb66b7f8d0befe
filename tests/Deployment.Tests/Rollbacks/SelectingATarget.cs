using Slipway.Deployment.Tests.Ledger;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Rollbacks;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Rollbacks;

public class SelectingATarget
{
    private static readonly string A = new('a', 40);
    private static readonly string B = new('b', 40);

    private static readonly TagSet Tags = TagSet.Parse(
        [
            ("v1.0.0", A),
            ("v1.0.0-stable", A),
            ("v1.1.0", A),
            ("v1.1.0-deprecated", A),
            ("v1.2.0", A),
            ("v1.2.0-unstable", A),
            ("v1.2.1", A),
            ("v1.2.2", A),
            ("v1.2.3", A),
            ("v1.2.4", A),
            ("v1.2.4-stable", A),
            ("v1.1.9", B),
            ("v1.1.8", A),
            ("api/v1.0.0", A),
        ],
        new HashSet<string> { "production" }
    );

    private static readonly DeploymentLedger History = SampleLedger.Of(
        ("v1.0.0", A, "success", 60),
        ("v1.1.0", A, "success", 60),
        ("v1.2.0", A, "success", 60),
        ("v1.2.1", A, "success", 60),
        ("v1.2.2", A, "rolled_back", 60),
        ("v1.1.9", A, "success", 60),
        ("v1.2.4", A, "success", 60),
        ("v0.9.0", A, "success", 60),
        ("api/v1.0.0", A, "success", 60),
        ("v1.2.3", A, "success", 60)
    );

    private static readonly ProjectVersion Current = ProjectVersion.Parse("v1.2.3");

    [Test]
    public void Lists_candidates_stable_first_and_every_other_version_with_its_reason()
    {
        var selection = RollbackSelection.Of(Current, Tags, History);

        selection
            .Candidates.Select(c => $"{c.Version} {c.State}")
            .ShouldBe(["v1.0.0 Stable", "v1.2.1 None", "v1.2.0 Unstable"]);
        selection
            .Rejected.Select(version => $"{version.Version}: {version.Reason}")
            .ShouldBe([
                "v1.2.4: higher than v1.2.3",
                "v1.2.2: never deployed to production",
                "v1.1.9: its tag does not stand where it was deployed from",
                "v1.1.8: never deployed to production",
                "v1.1.0: deprecated",
                "v0.9.0: its tag is gone",
            ]);
        selection.Demand().Version.FullVersion.ShouldBe("v1.0.0");
    }

    [Test]
    public void Leaves_unstable_ones_out_on_request()
    {
        var selection = RollbackSelection.Of(Current, Tags, History, excludeUnstable: true);

        selection.Candidates.Select(c => c.Version.FullVersion).ShouldBe(["v1.0.0", "v1.2.1"]);
        selection.Rejected.ShouldContain(new RejectedVersion(ProjectVersion.Parse("v1.2.0"), "unstable"));
    }

    [Test]
    public void Takes_the_one_that_is_asked_for() =>
        RollbackSelection.Of(Current, Tags, History).Demand(ProjectVersion.Parse("v1.2.1")).CommitSha.ShouldBe(A);

    [TestCase("v1.1.0", "deprecated")]
    [TestCase("v1.2.4", "higher than v1.2.3")]
    [TestCase("v1.2.3", "in service now")]
    [TestCase("v5.0.0", "not tagged")]
    [TestCase("api/v1.0.0", "of another sub-project")]
    public void Refuses_one_that_is_none_with_its_reason(string asked, string reason)
    {
        var error = Should.Throw<PipelineException>(() =>
            RollbackSelection.Of(Current, Tags, History).Demand(ProjectVersion.Parse(asked))
        );

        error.Message.ShouldBe($"{asked} is no target of a rollback from v1.2.3: {reason}");
        error.Next.ShouldBe("--version=v1.0.0");
        error.ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Test]
    public void Says_so_when_there_is_none()
    {
        var selection = RollbackSelection.Of(
            ProjectVersion.Parse("v1.0.0"),
            Tags,
            SampleLedger.Of(("v1.0.0", A, "success", 60))
        );

        selection.Target.ShouldBeNull();
        Should
            .Throw<PipelineException>(() => selection.Demand())
            .Message.ShouldStartWith(
                "there is no version of production to go back to from v1.0.0:\n  v1.2.4: higher than v1.0.0"
            );
    }

    [Test]
    public void Keeps_to_the_sub_project() =>
        RollbackSelection
            .Of(ProjectVersion.Parse("api/v2.0.0"), Tags, History)
            .Candidates.Single()
            .Version.FullVersion.ShouldBe("api/v1.0.0");
}
