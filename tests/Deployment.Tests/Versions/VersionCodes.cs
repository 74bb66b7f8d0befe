using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Versions;

public class VersionCodes
{
    [TestCase("v1.2.3", 1_002_003)]
    [TestCase("v0.0.1", 1)]
    [TestCase("api/v12.999.999", 12_999_999)]
    [TestCase("v2100.0.0", 2_100_000_000)]
    [TestCase("v1.2.3-rc.1", 1_002_003)]
    public void Grow_with_the_version(string version, int code) =>
        ProjectVersion.Parse(version).VersionCode.ShouldBe(code);

    [TestCase("v0.0.0")]
    [TestCase("v1.1000.0")]
    [TestCase("v1.0.1000")]
    [TestCase("v2100.0.1")]
    [TestCase("v2147483647.0.0")]
    public void Do_not_exist_beyond_what_android_takes(string version) =>
        Should
            .Throw<PipelineException>(() => ProjectVersion.Parse(version).VersionCode)
            .Message.ShouldBe($"{version} has no Android version code");
}
