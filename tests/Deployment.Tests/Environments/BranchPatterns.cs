using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

public class BranchPatterns
{
    [TestCase("main", "main", true)]
    [TestCase("main", "main2", false)]
    [TestCase("feature/*", "feature/a/b", true)]
    [TestCase("feature/*", "feature/", true)]
    [TestCase("feature/*", "feature", false)]
    [TestCase("*/x*y", "a/b/x123y", true)]
    [TestCase("*", "", true)]
    [TestCase("a.c", "abc", false)]
    public void Match(string pattern, string branch, bool expected) =>
        BranchPattern.Matches(pattern, branch).ShouldBe(expected);

    [Test]
    public void Match_hostile_branches_in_linear_time() =>
        BranchPattern.Matches("*a*a*a*a*a*a*a*a*b", new string('a', 20_000)).ShouldBeFalse();

    [TestCase("feature/*", "release/*", false)]
    [TestCase("feature/*", "feature/login", true)]
    [TestCase("feature/*", "*/login", true)]
    [TestCase("a*c", "ab*", true)]
    [TestCase("a*c", "b*c", false)]
    [TestCase("main", "main", true)]
    [TestCase("main", "mai", false)]
    [TestCase("*", "x", true)]
    [TestCase("", "*", true)]
    public void Overlap(string left, string right, bool expected)
    {
        BranchPattern.Overlap(left, right).ShouldBe(expected);
        BranchPattern.Overlap(right, left).ShouldBe(expected);
    }
}
