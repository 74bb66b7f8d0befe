using System.Collections.Immutable;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Versions;

public class TagsOfARepository
{
    private static readonly ImmutableHashSet<string> Environments = ["sandbox", "production"];
    private static readonly string First = new('a', 40);
    private static readonly string Second = new('b', 40);

    [Test]
    public void Are_of_three_kinds_and_only_environment_tags_move()
    {
        Of("api/v1.2.3").ShouldBeOfType<VersionTag>().IsMovable.ShouldBeFalse();
        Of("v1.2.3-rc.1").ShouldBeOfType<VersionTag>();
        Of("api/v1.2.3-unstable").ShouldBeOfType<StateTag>().IsMovable.ShouldBeFalse();
        Of("api/production").ShouldBeOfType<EnvironmentTag>().IsMovable.ShouldBeTrue();
    }

    [Test]
    public void State_tags_know_version_and_state() =>
        Of("api/v1.2.3-deprecated")
            .ShouldBe(
                new StateTag(
                    "api/v1.2.3-deprecated",
                    First,
                    ProjectVersion.Parse("api/v1.2.3"),
                    VersionState.Deprecated
                )
            );

    [TestCase("staging", Description = "an environment without a folder")]
    [TestCase("nightly")]
    [TestCase("v1.2.3;id")]
    [TestCase("../x/production")]
    [TestCase("/production")]
    [TestCase("v1.2.3-rc.1-stable", Description = "a prerelease has no state")]
    [TestCase("api/")]
    [TestCase("")]
    public void Anything_else_is_unrelated_and_says_why(string name) =>
        Of(name).ShouldBeOfType<UnrelatedTag>().Why.ShouldNotBeEmpty();

    [TestCase("abc")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("")]
    public void A_tag_without_a_commit_counts_for_nothing(string sha) =>
        Tag.Parse("v1.2.3", sha, Environments).ShouldBeOfType<UnrelatedTag>();

    [Test]
    public void Say_what_stands_at_a_commit_highest_first()
    {
        var tags = Set(("v1.2.3-rc.1", First), ("v1.2.3", First), ("v1.2.2", Second), ("api/v9.0.0", First));

        tags.At(First, "").Select(tag => tag.Name).ShouldBe(["v1.2.3", "v1.2.3-rc.1"]);
        tags.At(First, "api").Single().Version.Major.ShouldBe(9);
    }

    [Test]
    public void The_worst_state_counts()
    {
        var tags = Set(("v1.0.0", First), ("v1.0.0-stable", First), ("v1.0.0-deprecated", First), ("v1.1.0", Second));

        tags.StateOf(ProjectVersion.Parse("v1.0.0")).ShouldBe(VersionState.Deprecated);
        tags.StateOf(ProjectVersion.Parse("v1.1.0")).ShouldBe(VersionState.None);
    }

    [Test]
    public void Say_what_an_environment_runs_per_sub_project()
    {
        var tags = Set(("v1.0.0", First), ("production", First), ("api/v2.0.0", Second), ("api/production", Second));

        tags.CurrentVersion("production", "").ShouldBe(ProjectVersion.Parse("v1.0.0"));
        tags.CurrentVersion("production", "api").ShouldBe(ProjectVersion.Parse("api/v2.0.0"));
        tags.CurrentVersion("sandbox", "").ShouldBeNull();
        tags.Pointer("production", "api").ShouldNotBeNull().CommitSha.ShouldBe(Second);
    }

    [Test]
    public void The_next_patch_follows_the_highest_version_of_the_sub_project()
    {
        var tags = Set(("v1.2.10", First), ("v1.2.9", Second), ("api/v2.0.0-rc.1", First));

        tags.NextPatch("").FullVersion.ShouldBe("v1.2.11");
        tags.NextPatch("api").FullVersion.ShouldBe("api/v2.0.0");
        tags.NextPatch("web").FullVersion.ShouldBe("web/v0.1.0");
    }

    [Test]
    public void State_tag_names_exist_for_releases_only()
    {
        StateTag.NameOf(ProjectVersion.Parse("api/v1.0.0"), VersionState.Stable).ShouldBe("api/v1.0.0-stable");
        StateTag.NameOf(ProjectVersion.Parse("v1.0.0-rc.1"), VersionState.Stable).ShouldBeNull();
        StateTag.NameOf(ProjectVersion.Parse("v1.0.0"), VersionState.None).ShouldBeNull();
    }

    [Test]
    public void Consistent_tags_give_no_finding() =>
        TagConsistency
            .Findings(
                Set(("v1.0.0", First), ("v1.0.0-stable", First), ("production", First), ("nightly", Second)),
                Environments
            )
            .ShouldBeEmpty();

    [Test]
    public void Every_inconsistency_is_found_at_once()
    {
        var tags = Set(
            ("v1.0.0", First),
            ("v1.0.0-stable", Second),
            ("v3.0.0-unstable", First),
            ("production", Second),
            ("api/staging", First),
            ("v1.1.0-staging", First),
            ("v1.1.0-production.1", First)
        );

        TagConsistency
            .Findings(tags, Environments)
            .Select(finding => finding.ToString())
            .ShouldBe([
                "tag api/staging: names the environment staging, which has no folder, expected environments/staging/",
                "tag production: points at bbbbbbb, which no version tag names, expected a version tag at the commit that an environment runs",
                "tag v1.0.0-stable: stands at bbbbbbb, its version at aaaaaaa, expected both at the same commit",
                "tag v1.1.0-staging: names the environment staging, which has no folder, expected environments/staging/",
                "tag v3.0.0-unstable: is about a version that has no tag, expected the version tag v3.0.0",
            ]);
    }

    private static Tag Of(string name) => Tag.Parse(name, First, Environments);

    private static TagSet Set(params (string, string)[] tags) => TagSet.Parse(tags, Environments);
}
