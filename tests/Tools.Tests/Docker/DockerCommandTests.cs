using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class DockerCommandTests
{
    [TestCase("--privileged")]
    [TestCase("a b")]
    [TestCase("")]
    [TestCase("$(id)")]
    [TestCase("x\ny")]
    public void RefusesWhatIsNoReferenceOrName(string text)
    {
        Should.Throw<PipelineException>(() => DockerCommands.Push(new DockerEngine(), text));
        Should.Throw<PipelineException>(() => DockerCommands.Run(new DockerEngine(), new ContainerRun(text, "x/y:1")));
        Should.Throw<PipelineException>(() => DockerCommands.Run(new DockerEngine(), new ContainerRun("name", text)));
    }

    [TestCase("127.0.0.1:5000/api:v1", "127.0.0.1:5000/api")]
    [TestCase("127.0.0.1:5000/api", "127.0.0.1:5000/api")]
    [TestCase("ghcr.io/x/y:1.2.3-beta.1", "ghcr.io/x/y")]
    public void TheRepositoryIsTheReferenceWithoutItsTag(string reference, string repository)
    {
        Docker.Repository(reference).ShouldBe(repository);
    }

    [Test]
    public void ADigestIsReadFromPushAndPull()
    {
        var digest = "sha256:" + new string('a', 64);

        DockerOutput.Digest($"x: Pushed\nv1: digest: {digest} size: 528\n").ShouldBe(digest);
        DockerOutput.Digest($"v1: Pulling from x\nDigest: {digest}\nStatus: up to date\n").ShouldBe(digest);
        DockerOutput.Digest("denied").ShouldBeNull();
    }

    [Test]
    public void AnotherEngineIsNamedByEnvironment()
    {
        var command = DockerCommands.ServerVersion(new DockerEngine("ssh://deploy@host"));

        command.Environment["DOCKER_HOST"].ShouldBe("ssh://deploy@host");
        command.Environment.ContainsKey("DOCKER_CONFIG").ShouldBeFalse();
    }
}
