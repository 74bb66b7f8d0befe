using Slipway.Host;

namespace Slipway.Frosting.Tests.Arguments;

internal sealed class NearestNameTests
{
    private static readonly string[] s_names = ["environment", "version", "verbosity", "force", "Deploy", "DeployAll"];

    [TestCase("enviroment", "environment")]
    [TestCase("ENVIRONMENT", "environment")]
    [TestCase("env", "environment")]
    [TestCase("verison", "version")]
    [TestCase("dploy", "Deploy")]
    [TestCase("forse", "force")]
    [TestCase("xyzzy", null)]
    [TestCase("", null)]
    public void Finds(string typed, string? expected) => NearestName.Of(typed, s_names).ShouldBe(expected);

    [TestCase("", "", 0)]
    [TestCase("abc", "abc", 0)]
    [TestCase("abc", "acb", 1)]
    [TestCase("abc", "", 3)]
    [TestCase("kitten", "sitting", 3)]
    public void Counts_edits(string one, string other, int edits) => NearestName.Distance(one, other).ShouldBe(edits);

    [Test]
    public void A_name_of_ten_megabytes_is_near_to_nothing() =>
        NearestName.Of(new string('x', 10_000_000), s_names).ShouldBeNull();
}
