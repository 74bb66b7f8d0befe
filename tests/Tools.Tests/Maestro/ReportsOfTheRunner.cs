using Slipway.Outcomes;

namespace Slipway.Tools.Tests.Maestro;

/// <summary>What the runner leaves behind, also when it should not have.</summary>
public class ReportsOfTheRunner
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("slipway-report-tests-");
        Directory.CreateDirectory(At("flows"));
        File.WriteAllText(At("flows/a.yml"), "url: x\n---\n- launchApp\n");
        File.WriteAllText(At("flows/b.yml"), "url: x\n---\n- launchApp\n");
    }

    [TearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [Test]
    public async Task AFlowWithoutAResultFailed()
    {
        var report = await RunAsync(0, """{"flows":[{"sourceFile":"@/a.yml","status":"passed","duration":5}]}""");

        report.Flows.Select(flow => flow.ExitCode).ShouldBe([0, 1]);
        report.Flows[1].Detail.ShouldBe("the runner wrote no result for this flow");
    }

    [Test]
    public async Task WithoutAReportEveryFlowFailed() =>
        (await RunAsync(1, null)).Flows.ShouldAllBe(flow => flow.ExitCode == 1);

    [Test]
    public async Task AReportOfAnEarlierRunIsNotReadAgain()
    {
        await RunAsync(0, """{"flows":[{"sourceFile":"@/a.yml","status":"passed"}]}""");
        (await RunAsync(0, null)).Flows.ShouldAllBe(flow => flow.ExitCode == 1);
    }

    [Test]
    public async Task AStateThatIsNotPassedIsNot() =>
        (await RunAsync(0, """{"flows":[{"sourceFile":"@/a.yml","status":"running"}]}"""))
            .Flows[0]
            .ExitCode.ShouldBe(1);

    [Test]
    public async Task TheFlowsOfThePlatformAreTaken()
    {
        Directory.CreateDirectory(At("flows/web"));
        Directory.CreateDirectory(At("flows/android"));
        await File.WriteAllTextAsync(At("flows/web/c.yml"), "url: x\n---\n- launchApp\n");
        await File.WriteAllTextAsync(At("flows/android/d.yml"), "appId: x\n---\n- launchApp\n");

        (await RunAsync(1, null)).Flows.Select(flow => flow.FlowFileName).ShouldBe(["c.yml"]);
    }

    [TestCase("../../../../etc")]
    [TestCase("/etc")]
    [TestCase("../out-other")]
    public async Task FilesOutsideTheOutputAreNoArtefacts(string path)
    {
        Directory.CreateDirectory(At("out-other"));
        await File.WriteAllTextAsync(At("out-other/x"), "x");
        var report = await RunAsync(
            1,
            $$"""{"flows":[{"sourceFile":"@/a.yml","status":"failed","assetsDir":"{{path}}","dataFile":"{{path}}/passwd"}]}"""
        );
        report.Flows[0].ArtifactPaths.ShouldBeEmpty();
    }

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[1,2]")]
    public async Task HalfAReportSaysWhatIsExpected(string text)
    {
        var error = await Should.ThrowAsync<PipelineException>(() => RunAsync(0, text));
        error.Message.ShouldContain("report.json");
        error.Expected.ShouldNotBeNull();
    }

    [Test]
    public async Task AFolderWithoutFlowsSaysWhatToDo()
    {
        File.Delete(At("flows/a.yml"));
        File.Delete(At("flows/b.yml"));
        var error = await Should.ThrowAsync<PipelineException>(() => RunAsync(0, null));
        error.Message.ShouldContain("no Maestro flow");
        error.Next.ShouldNotBeNull();
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private Task<FlowReport> RunAsync(int exitCode, string? report) =>
        new Slipway.Tools.Maestro(new Leaving(exitCode, report), "maestro-runner").RunAsync(
            new FlowRun(
                FlowPlatform.Web,
                At("flows"),
                At("out"),
                _folder.FullName,
                new Uri("http://127.0.0.1:1"),
                "1.2.3"
            )
        );

    private sealed class Leaving(int exitCode, string? report) : ICommandRunner
    {
        public Task<CommandResult> RunAsync(
            Command command,
            Action<OutputLine>? onLine = null,
            CancellationToken cancellation = default
        )
        {
            if (report is not null)
            {
                // "@" is the folder that the runner was told to run: its last argument.
                var text = report.Replace("@", command.Arguments[^1], StringComparison.Ordinal);
                File.WriteAllText(Path.Combine(command.WorkingDirectory!, "report.json"), text);
            }

            return Task.FromResult(new CommandResult(command, exitCode, "", "", TimeSpan.Zero));
        }
    }
}
