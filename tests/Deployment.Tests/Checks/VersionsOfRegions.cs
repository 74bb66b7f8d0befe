using System.Collections.Immutable;
using Slipway.Checks;
using Slipway.Deployment.Tests.Rollouts;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Checks;

/// <summary>What serves in each region counts: the environment's tag names only what serves in all of them.</summary>
public class VersionsOfRegions
{
    private static readonly ProjectVersion Candidate = FakeWorld.Versions("v2.0.0");

    [TestCase("v1.0.0", "v1.0.0", CheckStatus.Passed, "us-east: v1.0.0 is in service, eu-west: v1.0.0 is in service")]
    [TestCase(
        "v2.0.0",
        "v1.0.0",
        CheckStatus.Passed,
        "us-east: v2.0.0 is in service already, eu-west: v1.0.0 is in service"
    )]
    [TestCase(null, "v1.0.0", CheckStatus.Passed, "us-east: first deployment, eu-west: v1.0.0 is in service")]
    [TestCase(
        "v2.0.0",
        "v2.0.0",
        CheckStatus.Failed,
        "every region: v2.0.0 is in service already; expected a higher version, or --force --reason=\"why\""
    )]
    [TestCase(
        "v2.0.0",
        "v3.0.0",
        CheckStatus.Failed,
        "eu-west: v3.0.0 is in service, which is higher: going back is --target=Rollback; expected a higher version, or --force --reason=\"why\""
    )]
    public void AreHeldAgainstTheCandidate(string? first, string? second, CheckStatus status, string detail)
    {
        var check = VersionInService.Check(Candidate, [("us-east", Version(first)), ("eu-west", Version(second))]);

        (check.Status, check.Detail).ShouldBe((status, detail));
    }

    [Test]
    public void OfOneRegionThatHasItAlreadyIsRefused() =>
        VersionInService
            .Check(Candidate, [("us-east", Candidate)])
            .Detail.ShouldStartWith("us-east: v2.0.0 is in service");

    private static ProjectVersion? Version(string? text) => text is null ? null : FakeWorld.Versions(text);
}
