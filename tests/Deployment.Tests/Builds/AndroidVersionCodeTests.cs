using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Builds;

public class AndroidVersionCodeTests
{
    [TestCase(0, 0, 1, 1)]
    [TestCase(1, 2, 3, 1_002_003)]
    [TestCase(10, 0, 0, 10_000_000)]
    [TestCase(1, 999, 999, 1_999_999)]
    [TestCase(2100, 0, 0, 2_100_000_000)]
    public void FollowsFromTheVersion(int major, int minor, int patch, int expected) =>
        AndroidVersionCode.Of(Version(major, minor, patch)).ShouldBe(expected);

    [TestCase(0, 0, 0)]
    [TestCase(1, 1000, 0)]
    [TestCase(1, 0, 1000)]
    [TestCase(2100, 0, 1)]
    [TestCase(int.MaxValue, 0, 0)]
    public void RefusesAVersionThatHasNone(int major, int minor, int patch) =>
        Should
            .Throw<PipelineException>(() => AndroidVersionCode.Of(Version(major, minor, patch)))
            .ShouldSatisfyAllConditions(
                error => error.ExitCode.ShouldBe(ExitCode.Usage),
                error => error.Message.ShouldContain($"v{major}.{minor}.{patch}"),
                error => error.Next.ShouldNotBeNull()
            );

    [Test]
    public void GrowsWithTheVersion() =>
        new[] { Version(1, 0, 0), Version(1, 0, 1), Version(1, 1, 0), Version(1, 10, 0), Version(2, 0, 0) }
            .Select(AndroidVersionCode.Of)
            .ShouldBeInOrder(SortDirection.Ascending);

    private static ProjectVersion Version(int major, int minor, int patch) =>
        new($"v{major}.{minor}.{patch}", "", $"v{major}.{minor}.{patch}", major, minor, patch, null);
}
