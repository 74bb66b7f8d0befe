using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class ShellcheckTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Shellcheck _shellcheck = new(new CommandRunner(new Redactor(), TimeProvider.System));
    private ScratchFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task FindsWhatIsWrongWithItsPlace()
    {
        _folder.File("b.sh", "#!/bin/sh\nrm -rf $1\n");
        _folder.File("a.sh", "#!/bin/bash\necho `date`\n");
        _folder.File("-n.sh", "#!/bin/sh\necho fine\n");

        var findings = await _shellcheck.CheckAsync(_folder.Path, ["b.sh", "a.sh", "-n.sh"], None);

        findings
            .Select(finding => (finding.File, finding.Line, finding.Code))
            .ShouldBe(
                [("a.sh", 2, "SC2046"), ("a.sh", 2, "SC2006"), ("a.sh", 2, "SC2005"), ("b.sh", 2, "SC2086")],
                ignoreOrder: true
            );
        findings[^1].ToString().ShouldStartWith("b.sh:2:8: info: Double quote");
    }

    [Test]
    public async Task NothingToCheckIsNoFinding() =>
        (await _shellcheck.CheckAsync(_folder.Path, [], None)).ShouldBeEmpty();

    [Test]
    public async Task AFileThatIsNotThereIsAFailure()
    {
        await Should.ThrowAsync<CommandFailedException>(() => _shellcheck.CheckAsync(_folder.Path, ["none.sh"], None));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{\"comments\":[{}]}")]
    public void AnAnswerOfAnotherShapeIsAFailure(string json)
    {
        Should.Throw<PipelineException>(() => Shellcheck.Parse(json)).Next.ShouldNotBeNull();
    }

    [Test]
    public void ScriptsAreFoundByNameOrFirstLine()
    {
        _folder.File("build.sh", "");
        _folder.File("deep/er/x.bash", "");
        _folder.File(".ci/run", "#!/usr/bin/env bash\n");
        _folder.File("tool", "#!/bin/sh\r\n");
        _folder.File("python", "#!/usr/bin/env python3\n");
        _folder.File("text.md", "#!/bin/sh\n");
        _folder.File("empty", "");
        _folder.File("node_modules/x.sh", "");
        _folder.File("a/obj/x.sh", "");
        File.CreateSymbolicLink(_folder.File("link.sh"), "build.sh");

        ShellScripts.Find(_folder.Path).ShouldBe([".ci/run", "build.sh", "deep/er/x.bash", "tool"]);
    }
}
