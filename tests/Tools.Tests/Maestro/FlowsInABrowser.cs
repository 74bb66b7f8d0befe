using Slipway.Tools.Tests.Android;
using Slipway.Tools.Tests.Sandbox;

namespace Slipway.Tools.Tests.Maestro;

/// <summary>The real runner with the real browser against a page of our own.</summary>
[Parallelizable(ParallelScope.Self)]
public class FlowsInABrowser
{
    private TinySite _site = null!;
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Open()
    {
        _site = new TinySite();
        _folder = Directory.CreateTempSubdirectory("slipway-flow-tests-");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "flows"));
    }

    [TearDown]
    public void Close()
    {
        _site.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task OnePassesAndOneFails()
    {
        Flow(
            "presses-the-button.yml",
            "- tapOn:\n    id: go\n- assertVisible: You pressed it\n- takeScreenshot: pressed\n"
        );
        Flow("sees-the-version.yml", "- assertVisible: Version ${VERSION}\n");
        Flow("wants-too-much.yml", "- assertVisible:\n    text: Goodbye\n    timeout: 500\n");

        var report = await RunAsync(TimeSpan.FromMinutes(2));

        report.Passed.ShouldBeFalse();
        report
            .Flows.Select(flow => (flow.FlowFileName, flow.ExitCode == 0))
            .ShouldBe([
                ("presses-the-button.yml", true),
                ("sees-the-version.yml", true),
                ("wants-too-much.yml", false),
            ]);
        report.Flows[0].Detail.ShouldBe("4 steps passed");
        report.Flows[0].DurationMilliseconds.ShouldBeGreaterThan(0);
        report.Flows[0].ArtifactPaths.ShouldContain(path => path.EndsWith("pressed.png", StringComparison.Ordinal));
        report.Flows[2].Detail.ShouldContain("Goodbye");
        report.Flows[2].ArtifactPaths.ShouldContain(path => path.EndsWith(".png", StringComparison.Ordinal));
        report.JUnit.ShouldBe("out/junit-report.xml");
        Directory.EnumerateFiles(Path.Combine(_folder.FullName, "flows"), "*.png").ShouldBeEmpty();
        foreach (var path in report.Flows.SelectMany(flow => flow.ArtifactPaths).Concat(report.Artifacts))
            File.Exists(Path.Combine(_folder.FullName, path)).ShouldBeTrue(path);
    }

    [Test]
    public async Task OneThatDoesNotEndInTimeIsAFailedFlow()
    {
        Flow("waits.yml", "- extendedWaitUntil:\n    visible: Goodbye\n    timeout: 120000\n");

        var report = await RunAsync(TimeSpan.FromSeconds(8));

        var flow = report.Flows.ShouldHaveSingleItem();
        flow.ExitCode.ShouldNotBe(0);
        flow.Detail.ShouldContain("did not end within");
    }

    [Test]
    public async Task AreLintedOneByOne()
    {
        Flow("good.yml", "- assertVisible: Hello\n");
        Flow("bad.yml", "- pressOnto: Hello\n");

        var checks = await Maestro().LintAsync(Path.Combine(_folder.FullName, "flows"));

        checks.Select(check => (check.Name, check.Blocks)).ShouldBe([("bad.yml", true), ("good.yml", false)]);
        checks[0].Detail.ShouldContain("unknown step type");
    }

    [TestCase("web")]
    [TestCase("android")]
    public async Task OfTheSampleProductParse(string platform)
    {
        var checks = await Maestro().LintAsync(Repository.At(".maestro", platform));

        checks.Length.ShouldBe(4);
        checks.ShouldAllBe(check => !check.Blocks);
    }

    [Test]
    public void OfTheSampleProductHaveTheSameNamesOnBothPlatforms() => Names("web").ShouldBe(Names("android"));

    private static IEnumerable<string?> Names(string platform) =>
        Directory.EnumerateFiles(Repository.At(".maestro", platform)).Select(Path.GetFileName).Order();

    private static Slipway.Tools.Maestro Maestro() =>
        new(new LocalCommandRunner(), Repository.NpmProgram("maestro-runner"));

    private Task<FlowReport> RunAsync(TimeSpan timeout) =>
        Maestro()
            .RunAsync(
                new FlowRun(
                    FlowPlatform.Web,
                    Path.Combine(_folder.FullName, "flows"),
                    Path.Combine(_folder.FullName, "out"),
                    _folder.FullName,
                    _site.Url,
                    "1.2.3"
                )
                {
                    Timeout = timeout,
                }
            );

    private void Flow(string name, string steps) =>
        File.WriteAllText(
            Path.Combine(_folder.FullName, "flows", name),
            $"url: ${{BASE_URL}}\n---\n- launchApp\n{steps}"
        );
}
