using System.Security.Cryptography;
using System.Text.Json;
using Slipway.Builds;
using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Runs;

namespace Slipway.Tools.Tests;

public class RunFolderTests
{
    private const string Id = "deploy-20260102-030405-abcdef";

    private ScratchFolder _folder = null!;
    private RunFolders _runs = null!;
    private RunFolder _run = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new ScratchFolder();
        _runs = new RunFolders(_folder.File("runs"), new PlainJson(), text => text);
        _run = _runs.Create(Id);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task GivesBackWhatAStageWrote()
    {
        var written = new ChecksResult
        {
            DeploymentId = Id,
            Checks = [new CheckResult("lint", CheckStatus.Failed, "red")],
        };

        await _run.WriteAsync(written, CancellationToken.None);

        _runs.Open(Id).Read<ChecksResult>().Checks.ShouldBe(written.Checks);
        Directory.GetFiles(_run.Root).Select(Path.GetFileName).ShouldBe(["checks.json"]);
    }

    [Test]
    public async Task AReaderNeverSeesAPart()
    {
        var large = new CheckResult("x", CheckStatus.Passed, new string('x', 200_000));
        var output = new ChecksResult { DeploymentId = Id, Checks = [large] };
        await _run.WriteAsync(output, CancellationToken.None);

        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await _run.WriteAsync(output, CancellationToken.None);
        });
        while (!writing.IsCompleted)
            _run.Read<ChecksResult>().Checks.Single().ShouldBe(large);
        await writing;
    }

    [Test]
    public void NamesTheStageThatMakesAMissingFile()
    {
        var failure = Should.Throw<PipelineException>(() => _run.Read<ImageSet>());

        failure.Message.ShouldContain("build/images.json");
        failure.Next.ShouldBe($"./build.sh --target=BuildImages --exclusive --deployment-id={Id}");
        _run.TryRead<ImageSet>().ShouldBeNull();
    }

    [Test]
    public void NamesAFileThatIsNotText()
    {
        File.WriteAllBytes(_run.PathOf("checks.json"), [0x7b, 0xff, 0x7d]);

        Should.Throw<PipelineException>(() => _run.Read<ChecksResult>()).Message.ShouldContain("checks.json");
    }

    [Test]
    public void DoesNotTakeAFileOfAnotherDeployment()
    {
        var foreign = new ChecksResult { DeploymentId = "deploy-20260102-030405-000000", Checks = [] };

        Should.Throw<PipelineException>(() => _run.WriteAsync(foreign, CancellationToken.None));
    }

    [TestCase("../x")]
    [TestCase("a/../../x")]
    [TestCase("/etc/passwd")]
    [TestCase("")]
    [TestCase("link/passwd")]
    [TestCase("circle/x")]
    public void RefusesPathsThatEscape(string path)
    {
        File.CreateSymbolicLink(Path.Combine(_run.Root, "link"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_run.Root, "circle"), "circle");

        Should.Throw<PipelineException>(() => _run.PathOf(path)).Explain().ShouldContain("leads out of");
    }

    [TestCase("a/b.json")]
    [TestCase("a/../b.json")]
    [TestCase("a..b/$(id)")]
    [TestCase("inside/b.json")]
    public void TakesPathsThatStayInside(string path)
    {
        Directory.CreateDirectory(Path.Combine(_run.Root, "build"));
        File.CreateSymbolicLink(Path.Combine(_run.Root, "inside"), "build");

        _run.PathOf(path).ShouldStartWith(_run.Root + "/");
    }

    [TestCase("deploy-20260102-030405-ABCDEF")]
    [TestCase("../deploy-20260102-030405-abcdef")]
    [TestCase("deploy-20260102-030405-abcdef\n")]
    [TestCase("latest")]
    public void RefusesWhatIsNoDeploymentId(string id)
    {
        Should.Throw<PipelineException>(() => _runs.Open(id)).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Test]
    public void ListsRunsNewestFirst()
    {
        _runs.Create("deploy-20270102-030405-abcdef");
        _runs.Create("deploy-20260102-030404-ffffff");
        _folder.File("runs/other/file", "");

        _runs.List().ShouldBe(["deploy-20270102-030405-abcdef", Id, "deploy-20260102-030404-ffffff"]);
        _runs.Latest()!.DeploymentId.ShouldBe("deploy-20270102-030405-abcdef");
    }

    [Test]
    public void SaysWhichRunsThereAre()
    {
        var failure = Should.Throw<PipelineException>(() => _runs.Open("deploy-20200101-000000-aaaaaa"));

        failure.Expected!.ShouldContain(Id);
    }

    [Test]
    public async Task DoesNotUseAnIdTwice()
    {
        await _run.WriteAsync(new ChecksResult { DeploymentId = Id, Checks = [] }, CancellationToken.None);

        Should.Throw<PipelineException>(() => _runs.Create(Id)).Next!.ShouldContain("--resume");
    }

    [Test]
    public async Task SaysWhichFilesChanged()
    {
        File.WriteAllText(_run.PathOf("a"), "a");
        File.WriteAllText(_run.PathOf("b"), "b");
        var output = new ChecksResult { DeploymentId = Id, Checks = [] };
        foreach (var name in new[] { "a", "b" })
            output = output with
            {
                Files = output.Files.Add(name, (await _run.Sha256Async(name, CancellationToken.None))!),
            };
        output.Files["a"].ShouldBe(Convert.ToHexStringLower(SHA256.HashData("a"u8)));
        File.WriteAllText(_run.PathOf("b"), "changed");

        (await _run.ChangedFilesAsync(output, CancellationToken.None)).ShouldBe(["b"]);
        File.Delete(_run.PathOf("a"));
        (await _run.ChangedFilesAsync(output, CancellationToken.None)).ShouldBe(["a", "b"]);
    }

    private sealed class PlainJson : IStageFormat
    {
        public string Write(StageOutput output) => JsonSerializer.Serialize(output, output.GetType());

        public T Read<T>(string text, string deploymentId)
            where T : StageOutput, IStageFile => JsonSerializer.Deserialize<T>(text)!;
    }
}
