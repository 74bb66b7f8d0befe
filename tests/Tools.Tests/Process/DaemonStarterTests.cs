using System.Globalization;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class DaemonStarterTests
{
    private readonly DaemonStarter _starter = new(new Redactor(), TimeProvider.System);
    private ScratchFolder _folder = null!;
    private DaemonHandle? _daemon;

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public async Task TearDown()
    {
        if (_daemon is not null)
            await _daemon.StopAsync(TimeSpan.FromMilliseconds(100));
        _daemon = null;
        _folder.Dispose();
    }

    private async Task<DaemonHandle> Start(string script) =>
        _daemon = await _starter.StartAsync(
            Command.Of("bash", "-c", script).In(_folder.Path).WithSecret("TOKEN", new Secret("daemon-secret")),
            _folder.File("logs/d.log"),
            _folder.File("run/d.pid"),
            CancellationToken.None
        );

    [Test]
    public async Task RunsInASessionOfItsOwnWithItsOutputInTheLog()
    {
        var daemon = await Start(
            "echo \"pid $$ stdin $(readlink /proc/self/fd/0) ${TOKEN:+has token}\"; exec sleep 60"
        );

        daemon.IsAlive.ShouldBeTrue();
        ProcessTable.Read(daemon.Pid)!.Session.ShouldBe(daemon.Pid);
        var log = _folder.File("logs/d.log");
        await Eventually.Holds(() => File.ReadAllText(log).Length > 0, "the log is written");
        File.ReadAllText(log).ShouldContain($"pid {daemon.Pid} stdin /dev/null has token");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(log).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task IsFoundAgainByItsPidFile()
    {
        var daemon = await Start("exec sleep 60");

        DaemonHandle.TryRead(_folder.File("run/d.pid")).ShouldBe(daemon);
    }

    [Test]
    public async Task StopsWithAllThatItStartedEvenIfTheyIgnoreSigterm()
    {
        var daemon = await Start(
            "trap '' TERM; bash -c 'trap \"\" TERM; echo $$; while :; do sleep 0.05; done'; sleep 60"
        );
        var log = _folder.File("logs/d.log");
        await Eventually.Holds(() => File.ReadAllText(log).EndsWith('\n'), "the child runs");
        var child = int.Parse(File.ReadAllText(log), CultureInfo.InvariantCulture);

        await daemon.StopAsync(TimeSpan.FromMilliseconds(200));

        daemon.IsAlive.ShouldBeFalse();
        CommandRunnerTests.IsRunning(child).ShouldBeFalse();
    }

    [Test]
    public async Task ARecycledPidIsNotTakenForIt()
    {
        var daemon = await Start("exec sleep 60");
        var earlier = daemon with { StartTicks = daemon.StartTicks - 1 };
        var otherBoot = daemon with { BootId = "another" };

        await earlier.StopAsync();
        await otherBoot.StopAsync();

        earlier.IsAlive.ShouldBeFalse();
        otherBoot.IsAlive.ShouldBeFalse();
        daemon.IsAlive.ShouldBeTrue();
    }

    [Test]
    public async Task HostileArgumentsStayArguments()
    {
        _daemon = await _starter.StartAsync(
            Command.Of("printf", "%s", "$(touch hacked); `id` \"'").In(_folder.Path),
            _folder.File("a b/$(id).log"),
            _folder.File("run/it's.pid"),
            CancellationToken.None
        );

        var log = _folder.File("a b/$(id).log");
        await Eventually.Holds(() => File.ReadAllText(log).Length > 0, "the log is written");
        File.ReadAllText(log).ShouldBe("$(touch hacked); `id` \"'");
        File.Exists(_folder.File("hacked")).ShouldBeFalse();
    }

    [Test]
    public async Task ADamagedPidFileIsNamed()
    {
        var file = _folder.File("run/d.pid", "12");

        Should.Throw<PipelineException>(() => DaemonHandle.TryRead(file)).Message.ShouldContain(file);
        DaemonHandle.TryRead(_folder.File("run/none.pid")).ShouldBeNull();
        await Should.ThrowAsync<CommandFailedException>(() =>
            _starter.StartAsync(
                Command.Of("no-such-daemon"),
                _folder.File("l"),
                _folder.File("p"),
                CancellationToken.None
            )
        );
    }
}
