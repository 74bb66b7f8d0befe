using System.Collections.Immutable;
using Slipway.Toolbox;

namespace Slipway.Tools.Tests;

public class ToolInstallerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private ScratchFolder _folder = null!;
    private CountingRunner _runner = null!;

    private ToolInstaller Installer => new(_runner, _folder.Path, TimeProvider.System);

    [SetUp]
    public void SetUp()
    {
        _folder = new ScratchFolder();
        _runner = new CountingRunner();
        _folder.File("build/npm/package.json", """{"name":"x","private":true}""");
        _folder.File(
            "build/npm/package-lock.json",
            """{"name":"x","lockfileVersion":3,"requires":true,"packages":{"":{"name":"x"}}}"""
        );
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task InstallsOnceForALockFile()
    {
        (await Installer.InstallNpmAsync(null, None)).ShouldBeTrue();
        (await Installer.InstallNpmAsync(null, None)).ShouldBeFalse();

        _runner.Commands.Count.ShouldBe(1);
        File.Exists(_folder.File(".slipway/npm/package-lock.json")).ShouldBeTrue();
    }

    [Test]
    public async Task InstallsAgainWhenTheLockFileChanged()
    {
        await Installer.InstallNpmAsync(null, None);
        File.AppendAllText(_folder.File("build/npm/package-lock.json"), "\n");

        (await Installer.InstallNpmAsync(null, None)).ShouldBeTrue();
    }

    [Test]
    public async Task InstallsAgainAfterAFailure()
    {
        File.WriteAllText(_folder.File("build/npm/package-lock.json"), "{ half a");
        await Should.ThrowAsync<CommandFailedException>(() => Installer.InstallNpmAsync(null, None));

        await Should.ThrowAsync<CommandFailedException>(() => Installer.InstallNpmAsync(null, None));

        _runner.Commands.Count.ShouldBe(2);
    }

    [Test]
    public async Task TwoAtOnceInstallOnce()
    {
        var installed = await Task.WhenAll(
            Installer.InstallNpmAsync(null, None),
            Installer.InstallNpmAsync(null, None)
        );

        installed.Count(done => done).ShouldBe(1);
    }

    [Test]
    public async Task DoesNotWriteThroughAHardLink()
    {
        var shared = _folder.File("shared.json", "shared");
        Directory.CreateDirectory(_folder.File(".slipway/npm"));
        await new CountingRunner().RunAsync(Command.Of("ln", shared, _folder.File(".slipway/npm/package.json")));

        await Installer.InstallNpmAsync(null, None);

        File.ReadAllText(shared).ShouldBe("shared");
    }

    [Test]
    public async Task RunsTheCommandsOfThePlanInOrder()
    {
        await Installer.InstallAsync(
            new InstallPlan(
                [
                    ["true", "update"],
                    ["true", "install"],
                ],
                Npm: false,
                []
            ),
            null,
            None
        );

        _runner.Commands.Select(command => command.Arguments.Single()).ShouldBe(["update", "install"]);
    }

    private sealed class CountingRunner : ICommandRunner
    {
        private readonly CommandRunner _inner = new(new Redactor(), TimeProvider.System);

        public ImmutableList<Command> Commands { get; private set; } = [];

        public Task<CommandResult> RunAsync(
            Command command,
            Action<OutputLine>? onLine = null,
            CancellationToken cancellation = default
        )
        {
            Commands = Commands.Add(command);
            return _inner.RunAsync(command, onLine, cancellation);
        }
    }
}
