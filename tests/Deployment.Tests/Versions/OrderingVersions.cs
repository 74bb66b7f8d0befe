using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Versions;

public class OrderingVersions
{
    [Test]
    public void Follows_the_example_of_the_specification()
    {
        string[] ascending =
        [
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.0.1",
            "v1.1.0",
            "v1.10.0",
            "v2.0.0",
        ];

        for (var low = 0; low < ascending.Length; low++)
        for (var high = 0; high < ascending.Length; high++)
            Math.Sign(ProjectVersion.Parse(ascending[low]).CompareTo(ProjectVersion.Parse(ascending[high])))
                .ShouldBe(Math.Sign(low.CompareTo(high)), $"{ascending[low]} and {ascending[high]}");
    }

    [TestCase("v1.0.0-Beta", "v1.0.0-alpha", Description = "upper case first, as in ASCII")]
    [TestCase("v1.0.0-9999999999", "v1.0.0-10000000000", Description = "numbers beyond 32 bits are numbers")]
    [TestCase("v1.0.0-2", "v1.0.0-1a", Description = "numbers before words")]
    public void Compares_labels_as_the_specification_says(string low, string high) =>
        ProjectVersion.Parse(low).CompareTo(ProjectVersion.Parse(high)).ShouldBeLessThan(0);

    [TestCase("v1.2.3", VersionBump.Patch, "v1.2.4")]
    [TestCase("v1.2.3", VersionBump.Minor, "v1.3.0")]
    [TestCase("api/v1.2.3", VersionBump.Major, "api/v2.0.0")]
    [TestCase("v1.2.3-rc.1", VersionBump.Patch, "v1.2.3")]
    [TestCase("v1.3.0-rc.1", VersionBump.Minor, "v1.3.0")]
    [TestCase("v1.3.1-rc.1", VersionBump.Minor, "v1.4.0")]
    [TestCase("v2.0.0-rc.1", VersionBump.Major, "v2.0.0")]
    [TestCase("v2.1.0-rc.1", VersionBump.Major, "v3.0.0")]
    public void Next(string text, VersionBump bump, string next) =>
        ProjectVersion.Parse(text).Next(bump).FullVersion.ShouldBe(next);

    [Test]
    public void Nothing_follows_the_largest_number() =>
        Should
            .Throw<PipelineException>(() => ProjectVersion.Parse("v1.0.2147483647").NextPatch())
            .Message.ShouldContain("no version after v1.0.2147483647");
}
