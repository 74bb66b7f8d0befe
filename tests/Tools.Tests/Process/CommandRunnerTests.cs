using System.Globalization;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class CommandRunnerTests
{
    private readonly Redactor _redactor = new();
    private ScratchFolder _folder = null!;

    private CommandRunner Runner => new(_redactor, TimeProvider.System);

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    private Command Bash(string script, params string[] arguments) =>
        Command.Of("bash", ["-c", script, "bash", .. arguments]).In(_folder.Path);

    [Test]
    public async Task ReturnsBothStreamsAndTheExitCode()
    {
        var result = await Runner.RunAsync(Bash("echo out; echo err >&2; exit 3") with { SuccessExitCodes = [0, 3] });

        result.ShouldSatisfyAllConditions(
            () => result.Output.ShouldBe("out\n"),
            () => result.Error.ShouldBe("err\n"),
            () => result.ExitCode.ShouldBe(3),
            () => result.Truncated.ShouldBeFalse()
        );
    }

    [Test]
    public async Task HandsArgumentsOverAsTheyStand()
    {
        string[] hostile = ["$(touch hacked)", "`id`", "a b", "", "'\"\\", "*", "line\nbreak", "-rf", "ü"];

        var result = await Runner.RunAsync(Bash("printf '%s\\0' \"$@\"", hostile));

        result.Output.Split('\0')[..^1].ShouldBe(hostile);
        Directory.GetFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Test]
    public async Task StreamsALineWhileTheProgramStillRuns()
    {
        var gate = _folder.File("gate");
        // The program ends only after we have seen its first line: without streaming this would time out.
        var command = Bash("echo ready; until [ -e gate ]; do sleep 0.01; done; echo done") with
        {
            Timeout = TimeSpan.FromSeconds(20),
        };

        var lines = new List<string>();
        var result = await Runner.RunAsync(
            command,
            line =>
            {
                lines.Add(line.Text);
                if (line.Text == "ready")
                    File.WriteAllText(gate, "");
            }
        );

        lines.ShouldBe(["ready", "done"]);
        result.Output.ShouldBe("ready\ndone\n");
    }

    [Test]
    public async Task MasksSecretsInLinesOutputAndErrors()
    {
        var command = Bash("printf 'to'; printf 'ken=%s\\n' \"$TOKEN\"; echo \"$TOKEN\" >&2; exit 1")
            .WithSecret("TOKEN", new Secret("very-secret-token"));
        var lines = new List<string>();

        var failure = await Should.ThrowAsync<CommandFailedException>(() =>
            Runner.RunAsync(command, line => lines.Add(line.Text))
        );

        lines.ShouldBe(["token=***", "***"], ignoreOrder: true);
        failure.Result.Output.ShouldBe("token=***\n");
        failure.Explain().ShouldNotContain("very-secret");
        failure.Explain().ShouldContain("token=***");
    }

    [Test]
    public async Task MasksASecretThatArrivesInTwoChunks()
    {
        var command = Bash("printf '%s' \"${TOKEN:0:7}\"; sleep 0.2; printf '%s\\n' \"${TOKEN:7}\"")
            .WithSecret("TOKEN", new Secret("very-secret-token"));

        (await Runner.RunAsync(command)).Output.ShouldBe("***\n");
    }

    [Test]
    public async Task MasksASecretAtTheCutOfAnEndlessLine([Range(65_510, 65_560, 7)] int before)
    {
        var command = Bash(
                $"head -c {before} /dev/zero | tr '\\0' x; printf '%s' \"$TOKEN\"; head -c 70000 /dev/zero | tr '\\0' y"
            )
            .WithSecret("TOKEN", new Secret("very-secret-token-very-secret"));

        var result = await Runner.RunAsync(command);

        result.Output.Length.ShouldBe(before + 3 + 70_000);
        result.Output.ShouldContain("x***y");
    }

    [Test]
    public async Task GivesASecretOutputUnchangedAndShowsItNowhere()
    {
        _redactor.Register(new Secret("very-secret-token"));
        var lines = new List<string>();

        var result = await Runner.RunAsync(
            Bash("printf 'very-secret-token\\n'") with
            {
                SecretOutput = true,
            },
            line => lines.Add(line.Text)
        );

        result.SecretOutput!.Reveal().ShouldBe("very-secret-token\n");
        result.Output.ShouldBeEmpty();
        lines.ShouldBeEmpty();
        result.ToString().ShouldNotContain("very-secret");
    }

    [Test]
    public async Task RefusesASecretAsAnArgument()
    {
        var command = Command
            .Of("echo", "--password=very-secret-token")
            .WithSecret("P", new Secret("very-secret-token"));

        var refusal = await Should.ThrowAsync<PipelineException>(() => Runner.RunAsync(command));

        refusal.Explain().ShouldContain("secret as an argument");
        refusal.Explain().ShouldNotContain("very-secret");
    }

    [Test]
    public async Task FailsWithTheCommandTheExitCodeAndTheLastFortyLines()
    {
        var failure = await Should.ThrowAsync<CommandFailedException>(() =>
            Runner.RunAsync(Bash("for i in $(seq 1 60); do echo line-$i; done; exit 7"))
        );

        failure.Result.ExitCode.ShouldBe(7);
        failure.Message.ShouldContain("bash -c ");
        failure.Message.ShouldContain("exit code 7");
        failure.Message.ShouldContain("line-21\n");
        failure.Message.ShouldNotContain("line-20\n");
        failure.Result.Output.ShouldContain("line-1\n");
    }

    [Test]
    public async Task NamesAProgramThatIsNotThere()
    {
        var failure = await Should.ThrowAsync<CommandFailedException>(() =>
            Runner.RunAsync(Command.Of("no-such-program-here", "x"))
        );

        failure.Message.ShouldContain("no-such-program-here is not installed");
        failure.Next.ShouldBe("./build.sh --target=Doctor");
    }

    [Test]
    public async Task NamesAFolderThatIsNotThere()
    {
        var failure = await Should.ThrowAsync<PipelineException>(() =>
            Runner.RunAsync(Command.Of("true").In("/no/such/folder"))
        );

        failure.Message.ShouldContain("/no/such/folder");
    }

    [Test]
    public async Task SurvivesBytesThatAreNotText()
    {
        var result = await Runner.RunAsync(Bash("printf 'a\\xff\\xfeb\\n\\xc3'"));

        result.Output.ShouldBe("a\uFFFD\uFFFDb\n\uFFFD");
    }

    [Test]
    public async Task ReadsACharacterThatArrivesInTwoChunks()
    {
        (await Runner.RunAsync(Bash("printf '\\xc3'; sleep 0.1; printf '\\xa4'"))).Output.ShouldBe("ä");
    }

    [Test]
    public async Task KeepsBeginningAndEndOfAnOutputThatIsTooLong()
    {
        var result = await Runner.RunAsync(Bash("seq 1 2000000") with { OutputLimit = 10_000 });

        result.Truncated.ShouldBeTrue();
        result.Output.Length.ShouldBeLessThan(10_100);
        result.Output.ShouldStartWith("1\n2\n3\n");
        result.Output.ShouldEndWith("1999999\n2000000\n");
        result.Output.ShouldContain("characters left out");
    }

    [Test]
    public async Task GivesStandardInputAndClosesIt()
    {
        var result = await Runner.RunAsync(Command.Of("cat") with { StandardInput = "hällo\n" });

        result.Output.ShouldBe("hällo\n");
    }

    [Test]
    public async Task GivesAnEmptyStandardInputOtherwise()
    {
        (await Runner.RunAsync(Command.Of("cat") with { Timeout = TimeSpan.FromSeconds(20) })).Output.ShouldBeEmpty();
    }

    [Test]
    public async Task DoesNotMindAProgramThatReadsNoInput()
    {
        var result = await Runner.RunAsync(Command.Of("true") with { StandardInput = new string('x', 1_000_000) });

        result.ExitCode.ShouldBe(0);
    }

    [Test]
    public async Task AddsAndRemovesVariables()
    {
        var command = Bash("echo \"$ADDED-${HOME-none}\"") with
        {
            Environment = Command.Of("x").Environment.Add("ADDED", "yes").Add("HOME", null),
        };

        (await Runner.RunAsync(command)).Output.ShouldBe("yes-none\n");
    }

    [Test]
    public async Task DoesNotWaitForABackgroundProcessThatHoldsTheOutputOpen()
    {
        var result = await Runner.RunAsync(
            Bash("sleep 30 & echo $! ; exit 0") with
            {
                Timeout = TimeSpan.FromSeconds(15),
            }
        );

        var background = int.Parse(result.Output.Trim(), CultureInfo.InvariantCulture);
        var stillRunning = IsRunning(background);
        System.Diagnostics.Process.GetProcessById(background).Kill();
        stillRunning.ShouldBeTrue();
    }

    [Test]
    public async Task ALateWriterAfterTheExitIsStillHeard()
    {
        var result = await Runner.RunAsync(Bash("head -c 300000 /dev/zero | tr '\\0' z; echo; echo end"));

        result.Output.Length.ShouldBe(300_005);
    }

    [Test]
    public async Task RunsManyAtOnce()
    {
        var runner = Runner;
        var results = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => runner.RunAsync(Bash("sleep 0.3; echo \"$1\"", $"{i}")))
        );

        results.Select(result => result.Output).ShouldBe(Enumerable.Range(0, 40).Select(i => $"{i}\n"));
    }

    internal static bool IsRunning(int pid) => ProcessTable.Read(pid) is { IsRunning: true };
}
