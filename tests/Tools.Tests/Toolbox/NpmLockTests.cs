using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class NpmLockTests
{
    private const string Pinned = """
        {"packages":{
          "":{"dependencies":{"a":"1.0.0"}},
          "node_modules/a":{"version":"1.0.0","integrity":"sha512-a","optionalDependencies":{"@a/linux":"1.0.0","@a/mac":"1.0.0"}},
          "node_modules/@a/linux":{"version":"1.0.0","integrity":"sha512-l","optional":true}
        }}
        """;

    private const string A = "\"node_modules/a\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-a\"}";

    [TestCase(A + ",\"node_modules/@a/linux\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-l\"}", "")]
    [TestCase(A + ",\"node_modules/@a/mac\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-m\"}", "")]
    [TestCase(A + ",\"node_modules/@a/mac\":{\"version\":\"1.0.1\",\"integrity\":\"sha512-m\"}", "@a/mac 1.0.1")]
    [TestCase(A + ",\"node_modules/b\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-b\"}", "b 1.0.0")]
    [TestCase("\"node_modules/a\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-other\"}", "a 1.0.0")]
    [TestCase("\"node_modules/a\":{\"version\":\"1.0.2\",\"integrity\":\"sha512-a\"}", "a 1.0.2")]
    [TestCase("", "a is not installed")]
    public void OnlyWhatIsPinnedIsTaken(string installed, string differences)
    {
        string.Join(", ", NpmLock.Differences(Pinned, $"{{\"packages\":{{{installed}}}}}")).ShouldBe(differences);
    }

    [Test]
    public void ADamagedFileIsNamed()
    {
        Should.Throw<PipelineException>(() => NpmLock.Differences("{", "{}"));
    }
}
