using System.Globalization;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class CancelledCommandTests
{
    private ScratchFolder _folder = null!;
    private readonly CommandRunner _runner = new(new Redactor(), TimeProvider.System);

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task GetsSigtermAndMayCleanUp()
    {
        var (lines, pids) = await Cancel(
            "trap 'echo cleaned; exit 0' TERM; echo $$; echo ready; while :; do sleep 0.05; done"
        );

        lines.ShouldContain("cleaned");
        pids.ShouldAllBe(pid => !CommandRunnerTests.IsRunning(pid));
    }

    [Test]
    public async Task GetsSigintWhereItAsksForThat()
    {
        var (lines, _) = await Cancel(
            "trap 'echo interrupted; exit 1' INT; trap 'echo terminated; exit 1' TERM; echo ready; while :; do sleep 0.05; done",
            command => command with { InterruptOnCancel = true }
        );

        lines.ShouldContain("interrupted");
        lines.ShouldNotContain("terminated");
    }

    [Test]
    public async Task ATreeThatIgnoresSignalsIsKilledWhole()
    {
        // Parent, child and grandchild ignore SIGTERM; the grandchild is in a session of its own, its parent gone.
        var (_, pids) = await Cancel(
            """
            trap '' TERM
            echo $$
            bash -c 'trap "" TERM; echo $$; bash -c "trap \"\" TERM; echo \$\$; while :; do sleep 0.05; done" & wait' &
            setsid bash -c 'trap "" TERM; echo $$; while :; do sleep 0.05; done' &
            sleep 0.5
            echo ready
            while :; do sleep 0.05; done
            """,
            command => command with { Grace = TimeSpan.FromMilliseconds(300) }
        );

        pids.Count.ShouldBe(4);
        pids.ShouldAllBe(pid => !CommandRunnerTests.IsRunning(pid));
    }

    [Test]
    public async Task AnOrphanOfTheSessionIsFoundAfterItsParentDied()
    {
        var (_, pids) = await Cancel(
            """
            bash -c 'bash -c "trap \"\" TERM; echo \$\$; while :; do sleep 0.05; done" & exit 0'
            sleep 0.3
            echo ready
            while :; do sleep 0.05; done
            """,
            command => command with { Grace = TimeSpan.FromMilliseconds(200) }
        );

        pids.Count.ShouldBe(1);
        pids.ShouldAllBe(pid => !CommandRunnerTests.IsRunning(pid));
    }

    [Test]
    public async Task ATimeOutEndsTheTreeAndSaysSo()
    {
        var command = Bash("echo begun; sleep 60") with
        {
            Timeout = TimeSpan.FromSeconds(1),
            Grace = TimeSpan.FromSeconds(1),
        };

        var failure = await Should.ThrowAsync<CommandFailedException>(() => _runner.RunAsync(command));

        failure.Message.ShouldContain("did not end within 1 s");
        failure.Message.ShouldContain("begun");
    }

    [Test]
    public async Task AListenerThatThrowsEndsTheProgram()
    {
        var pid = 0;

        await Should.ThrowAsync<InvalidOperationException>(() =>
            _runner.RunAsync(
                Bash("echo $$; sleep 60"),
                line =>
                {
                    pid = int.Parse(line.Text, CultureInfo.InvariantCulture);
                    throw new InvalidOperationException("listener");
                }
            )
        );

        CommandRunnerTests.IsRunning(pid).ShouldBeFalse();
    }

    [Test]
    public async Task ACancelledTokenStartsNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            _runner.RunAsync(Bash("touch started"), cancellation: cancelled.Token)
        );

        File.Exists(_folder.File("started")).ShouldBeFalse();
    }

    private Command Bash(string script) => Command.Of("bash", "-c", script).In(_folder.Path);

    private async Task<(List<string> Lines, List<int> Pids)> Cancel(
        string script,
        Func<Command, Command>? adjust = null
    )
    {
        using var cancellation = new CancellationTokenSource();
        var command = Bash(script).WithSecret("UNUSED", new Secret("unused-secret"));
        var lines = new List<string>();
        await Should.ThrowAsync<OperationCanceledException>(() =>
            _runner.RunAsync(
                adjust is null ? command : adjust(command),
                line =>
                {
                    lines.Add(line.Text);
                    if (line.Text == "ready")
                        cancellation.Cancel();
                },
                cancellation.Token
            )
        );
        return (
            lines,
            [
                .. lines
                    .Where(line => int.TryParse(line, out _))
                    .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
            ]
        );
    }
}
