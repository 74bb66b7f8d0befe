using Slipway.Outcomes;
using Slipway.Releases;

namespace Slipway.Deployment.Tests.Releases;

public class NamingADeployment
{
    private static readonly DateTimeOffset Now = new(2025, 11, 21, 12, 30, 45, TimeSpan.FromHours(2));
    private static readonly string Sha = "abc123def4567890abc123def4567890abc123de";

    [Test]
    public void Says_second_and_commit_in_utc() =>
        DeploymentId.Next(Now, Sha, new HashSet<string>()).ShouldBe("deploy-20251121-103045-abc123");

    [Test]
    public void Takes_the_next_free_second_on_a_clash() =>
        DeploymentId
            .Next(Now, Sha, new HashSet<string> { "deploy-20251121-103045-abc123", "deploy-20251121-103046-abc123" })
            .ShouldBe("deploy-20251121-103047-abc123");

    [Test]
    public void Does_not_clash_with_another_commit() =>
        DeploymentId
            .Next(Now, Sha, new HashSet<string> { "deploy-20251121-103045-abc124" })
            .ShouldBe("deploy-20251121-103045-abc123");

    [Test]
    public void Can_be_read_back() =>
        DeploymentId.StartedAt("deploy-20251121-103045-abc123").ShouldBe(Now.ToUniversalTime());

    [TestCase(null)]
    [TestCase("")]
    [TestCase("deploy-20251121-103045-abc12")]
    [TestCase("deploy-20251121-103045-abc12G")]
    [TestCase("deploy-20251121-103045-ABC123")]
    [TestCase("deploy-20251321-103045-abc123")]
    [TestCase("deploy-20251121-106045-abc123")]
    [TestCase("deploy-20251121_103045-abc123")]
    [TestCase("../../../../../../etc/passwd/")]
    [TestCase("deploy-20251121-103045-abc123\n")]
    public void Is_not_done_by(string? text) => DeploymentId.IsValid(text).ShouldBeFalse();

    [Test]
    public void What_is_no_id_is_refused_as_an_argument() =>
        Should.Throw<PipelineException>(() => DeploymentId.Demand("../x")).ExitCode.ShouldBe(ExitCode.Usage);

    [Test]
    public void Needs_a_commit() =>
        Should.Throw<PipelineException>(() => DeploymentId.Next(Now, "abc", new HashSet<string>()));
}
