using Slipway.Outcomes;
using Slipway.Toolbox;

namespace Slipway.Tools.Tests;

public class InstalledToolsTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly CommandRunner _runner = new(new Redactor(), TimeProvider.System);
    private ScratchFolder _folder = null!;

    private InstalledTools Tools => new(_runner, _folder.Path);

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task FindsWhatIsThereWithItsVersion()
    {
        var status = (await Tools.InspectAsync([ToolCatalogue.Git], None)).Single();

        status.State.ShouldBe(ToolState.Present);
        status.Version!.Major.ShouldBe(2);
        File.Exists(status.Path).ShouldBeTrue();
        Tools.PathOf(ToolCatalogue.Git).ShouldBe(status.Path);
    }

    [Test]
    public async Task LooksInFoldersBesidePathTheHighestVersionFirst()
    {
        foreach (var version in new[] { "9", "15", "16" })
            await Program($"pg/{version}/bin/initdb-of-a-test", $"echo 'initdb (PostgreSQL) {version}.2'");
        var tool = Fake("initdb-of-a-test") with
        {
            Folders = [$"{_folder.Path}/pg/*/bin"],
            Minimum = new Version(15, 0),
        };

        var status = (await Tools.InspectAsync([tool], None)).Single();

        status.Path.ShouldBe(_folder.File("pg/16/bin/initdb-of-a-test"));
        status.Version.ShouldBe(new Version(16, 2));
    }

    [TestCase("echo 'tool 1.2.3'", ToolState.TooOld)]
    [TestCase("echo 'tool 2.0.0' >&2", ToolState.Present)]
    [TestCase("echo 'tool 10.0'", ToolState.Present)]
    [TestCase("echo broken; exit 1", ToolState.TooOld)]
    [TestCase("echo 'no version'", ToolState.TooOld)]
    public async Task TellsWhatIsTooOld(string script, ToolState expected)
    {
        await Program("bin/some-tool", script);
        var tool = Fake("some-tool") with { Folders = [$"{_folder.Path}/bin"], Minimum = new Version(2, 0) };

        (await Tools.InspectAsync([tool], None)).Single().State.ShouldBe(expected);
    }

    [Test]
    public async Task NamesAllThatIsMissingAndWhatInstallsIt()
    {
        await Program("bin/some-tool", "echo 1.0");
        var old = Fake("some-tool") with { Folders = [$"{_folder.Path}/bin"], Minimum = new Version(2, 0) };

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            Tools.RequireAsync([ToolCatalogue.Git, old, Fake("a-program-that-is-nowhere")], None)
        );

        failure.ExitCode.ShouldBe(ExitCode.Usage);
        failure.Next.ShouldBe("./build.sh --target=Bootstrap");
        failure.Message.ShouldContain("some-tool is too old (1.0, 2.0 or later)");
        failure.Message.ShouldContain("a-program-that-is-nowhere is missing");
        failure.Message.ShouldNotContain("git");
        Should.Throw<PipelineException>(() => Tools.PathOf(Fake("a-program-that-is-nowhere"))).Next.ShouldNotBeNull();
    }

    [Test]
    public async Task TakesToolsFromNpmOnlyFromTheRepository()
    {
        (await Tools.InspectAsync([ToolCatalogue.Dbmate], None)).Single().State.ShouldBe(ToolState.Missing);
        await Program(".slipway/npm/node_modules/.bin/dbmate", "exit 1");
        _folder.File(".slipway/npm/node_modules/dbmate/package.json", "{\"version\":\"2.36.0\"}");

        var status = (await Tools.InspectAsync([ToolCatalogue.Dbmate], None)).Single();

        status.State.ShouldBe(ToolState.Present);
        status.Version.ShouldBe(new Version(2, 36, 0));
        Tools.SearchPath().ShouldStartWith(_folder.File(".slipway/npm/node_modules/.bin"));
    }

    [Test]
    public async Task AlternativeNamesWillDo()
    {
        await Program("bin/other-name", "echo 1.0");
        var tool = Fake("no-such-name|other-name") with { Folders = [$"{_folder.Path}/bin"] };

        (await Tools.InspectAsync([tool], None)).Single().State.ShouldBe(ToolState.Present);
    }

    [Test]
    public async Task AsksAboutTheWholeCatalogue()
    {
        var statuses = await Tools.InspectAsync(ToolCatalogue.All, None);

        statuses.Select(status => status.Tool).ShouldBe(ToolCatalogue.All);
        statuses.ShouldAllBe(status => status.State == ToolState.Present || status.Install != null);
    }

    private static Tool Fake(string program) => new(program, [program], "a test", ["*"], new([program]));

    private async Task Program(string name, string script)
    {
        var path = _folder.File(name, $"#!/bin/sh\n{script}\n");
        await _runner.RunAsync(Command.Of("chmod", "755", path));
    }
}
