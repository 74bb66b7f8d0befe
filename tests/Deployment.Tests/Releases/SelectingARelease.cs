using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Releases;

public class SelectingARelease
{
    private static readonly string Head = new('a', 40);
    private static readonly string Other = new('b', 40);

    private static readonly TagSet Tags = Set(
        ("v1.2.3", Head),
        ("v1.2.3-rc.1", Head),
        ("v1.2.2", Other),
        ("v1.2.2-stable", Other),
        ("v1.1.0", Head),
        ("v1.1.0-unstable", Head),
        ("v1.0.0", Head),
        ("v1.0.0-deprecated", Head),
        ("api/v2.0.0", Head)
    );

    [Test]
    public void Takes_the_version_that_is_asked_for() =>
        Select(new(Head, Version: "v1.2.3-rc.1"))
            .ShouldBe(
                new ReleaseSelection(ProjectVersion.Parse("v1.2.3-rc.1"), Head, "refs/tags/v1.2.3-rc.1", false, null)
            );

    [TestCase("refs/tags/v1.2.3", "v1.2.3")]
    [TestCase("refs/tags/api/v2.0.0", "api/v2.0.0")]
    public void Takes_the_pushed_tag(string pushed, string version) =>
        Select(new(Head, PushedRef: pushed)).Version.FullVersion.ShouldBe(version);

    [Test]
    public void Takes_the_highest_version_at_head_otherwise()
    {
        Select(new(Head)).Version.FullVersion.ShouldBe("v1.2.3");
        Select(new(Head, PushedRef: "refs/heads/main")).Version.FullVersion.ShouldBe("v1.2.3");
        Select(new(Head, SubProject: "api")).Version.FullVersion.ShouldBe("api/v2.0.0");
    }

    [Test]
    public void The_argument_wins_over_the_pushed_tag() =>
        Select(new(Head, Version: "v1.2.3", PushedRef: "refs/tags/api/v2.0.0")).Version.FullVersion.ShouldBe("v1.2.3");

    [Test]
    public void Makes_the_next_patch_version_in_the_sandbox()
    {
        var made = Select(new(Head, MakesVersions: true, PushedRef: "refs/heads/main"));

        made.ShouldBe(new ReleaseSelection(ProjectVersion.Parse("v1.2.4"), Head, "refs/tags/v1.2.4", true, null));
        Select(new(Head, MakesVersions: true, Version: "v1.2.3")).TagIsNew.ShouldBeFalse();
        ReleaseSelection.Select(new(Head, MakesVersions: true), TagSet.Empty).Version.FullVersion.ShouldBe("v0.1.0");
    }

    [TestCase("1.2.3", "\"1.2.3\" is not a version: the number must be preceded by v", ExitCode.Usage)]
    [TestCase(
        "v1.2.3;id",
        "\"v1.2.3;id\" is not a version: MAJOR, MINOR and PATCH must be digits only",
        ExitCode.Usage
    )]
    [TestCase(
        "v1.2.2-stable",
        "\"v1.2.2-stable\" is not a version: stable is the word of a state tag and never a prerelease",
        ExitCode.Usage
    )]
    [TestCase("v9.9.9", "there is no tag v9.9.9", ExitCode.Failed)]
    [TestCase(
        "v1.2.2",
        "the tag v1.2.2 stands at bbbbbbb, the checkout at aaaaaaa: something else would be built",
        ExitCode.Failed
    )]
    [TestCase("v1.0.0", "v1.0.0 is deprecated (tag v1.0.0-deprecated)", ExitCode.Failed)]
    [TestCase("v1.1.0", "v1.1.0 is unstable (tag v1.1.0-unstable)", ExitCode.Failed)]
    public void Refuses(string version, string message, ExitCode exitCode)
    {
        var error = Should.Throw<PipelineException>(() => Select(new(Head, Version: version)));

        error.Message.ShouldBe(message);
        error.ExitCode.ShouldBe(exitCode);
        error.Expected.ShouldNotBeNull();
    }

    [Test]
    public void Says_what_to_type_instead()
    {
        Should
            .Throw<PipelineException>(() => Select(new(Head, Version: "v1.2.2")))
            .Next.ShouldBe("git checkout v1.2.2");
        Should
            .Throw<PipelineException>(() => Select(new(Head, Version: "v2.0.0", SubProject: "api")))
            .Next.ShouldBe("--version=api/v2.0.0");
        Should
            .Throw<PipelineException>(() => Select(new(Other, SubProject: "api")))
            .Next.ShouldBe("./build.sh --target=ReleaseVersion");
    }

    [Test]
    public void An_unstable_version_goes_with_force_and_reason_only()
    {
        Select(new(Head, Version: "v1.1.0", Force: true, Reason: " hotfix 12 "))
            .ForceReason.ShouldBe("unstable version: hotfix 12");
        Should
            .Throw<PipelineException>(() => Select(new(Head, Version: "v1.1.0", Force: true, Reason: " ")))
            .ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Test]
    public void Force_that_was_not_needed_is_not_recorded() =>
        Select(new(Head, Version: "v1.2.3", Force: true, Reason: "why")).ForceReason.ShouldBeNull();

    [Test]
    public void A_deprecated_version_never_goes() =>
        Should
            .Throw<PipelineException>(() => Select(new(Head, Version: "v1.0.0", Force: true, Reason: "please")))
            .Message.ShouldContain("deprecated");

    [Test]
    public void A_tag_that_moved_after_its_push_is_refused() =>
        Should
            .Throw<PipelineException>(() => Select(new(Other, PushedRef: "refs/tags/v1.2.3")))
            .Message.ShouldBe("the tag v1.2.3 was moved: it was pushed at bbbbbbb and now stands at aaaaaaa");

    [Test]
    public void A_tag_that_stands_elsewhere_at_the_remote_is_refused() =>
        Should
            .Throw<PipelineException>(() => ReleaseSelection.Select(new(Head, "v1.2.3"), Tags, Set(("v1.2.3", Other))))
            .Message.ShouldBe("the tag v1.2.3 was moved: here it stands at aaaaaaa, at the remote at bbbbbbb");

    [Test]
    public void A_tag_that_is_not_pushed_is_refused() =>
        Should
            .Throw<PipelineException>(() => ReleaseSelection.Select(new(Head, "v1.2.3"), Tags, TagSet.Empty))
            .Message.ShouldBe("the tag v1.2.3 is not pushed");

    [Test]
    public void States_of_the_remote_count() =>
        Should
            .Throw<PipelineException>(() =>
                ReleaseSelection.Select(new(Head, "v1.2.3"), Tags, Set(("v1.2.3", Head), ("v1.2.3-deprecated", Head)))
            )
            .Message.ShouldContain("deprecated");

    [TestCase("refs/tags/production")]
    [TestCase("refs/tags/v1.2.2-stable")]
    [TestCase("refs/tags/v1.2.3;id")]
    public void A_pushed_tag_that_is_no_version_is_refused(string pushed) =>
        Should.Throw<PipelineException>(() => Select(new(Head, PushedRef: pushed))).ExitCode.ShouldBe(ExitCode.Usage);

    private static ReleaseSelection Select(ReleaseRequest request) => ReleaseSelection.Select(request, Tags);

    private static TagSet Set(params (string, string)[] tags) =>
        TagSet.Parse(tags, new HashSet<string> { "production" });
}
