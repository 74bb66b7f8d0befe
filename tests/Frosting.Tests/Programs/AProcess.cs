using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Slipway.Frosting.Tests.Programs;

/// <summary>The sample program as a real process: exit codes, signals, streams.</summary>
[Platform(Exclude = "Win", Reason = "signals")]
internal sealed class AProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private string _temporary = "";

    [SetUp]
    public void MakeFolder() => _temporary = Directory.CreateTempSubdirectory("host-process-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_temporary, recursive: true);

    [Test]
    public async Task Exits_with_the_code_of_its_failure()
    {
        using var sample = Start("--target=Failing");
        var (code, output, _) = await End(sample);
        code.ShouldBe(11);
        output.ShouldContain("Failing failed: held: ask a person");
        output.ShouldContain("sample teardown successful=False CakeException");
    }

    [Test]
    public async Task Refuses_a_mistyped_argument()
    {
        using var sample = Start("--target=Hello", "--enviroment=sandbox");
        var (code, output, error) = await End(sample);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("did you mean --environment?");
    }

    /// <summary>What makes a start slow: Spectre, the container, reading JSON, regular expressions, Cake.Common.</summary>
    [Test]
    public async Task Lists_its_targets_without_loading_what_only_a_run_needs()
    {
        using var sample = Start("--description");
        var (code, output, error) = await End(sample);
        code.ShouldBe(0);
        output.ShouldContain("Hello      says hello");
        var loaded = error.Split('\n');
        loaded.ShouldContain("Slipway.Frosting");
        loaded.ShouldNotContain("Microsoft.Extensions.DependencyInjection");
        loaded.ShouldNotContain("Cake.Common");
        loaded.ShouldNotContain("System.Text.Json");
        loaded.ShouldNotContain("System.Text.RegularExpressions");
        loaded.ShouldAllBe(name => !name.StartsWith("Spectre"));
    }

    [TestCase(2, TestName = "SIGINT_ends_the_running_task_in_order")]
    [TestCase(15, TestName = "SIGTERM_ends_the_running_task_in_order")]
    public async Task Signal_ends_the_running_task_in_order(int signal)
    {
        using var sample = Start("--target=Waiting");
        await Until(sample, "waiting begins");
        Send(sample, signal);
        var (code, output, _) = await End(sample);
        code.ShouldBe(130);
        output.ShouldContain("Waiting may end in order");
        output.ShouldContain("left in order");
        output.ShouldContain("sample teardown successful=False OperationCanceledException");
    }

    [Test]
    public async Task A_second_signal_does_not_wait_for_a_deaf_task()
    {
        using var sample = Start("--target=AfterDeaf");
        await Until(sample, "deaf begins");
        Send(sample, 15);
        await Until(sample, "may end in order");
        Send(sample, 15);
        var (code, output, _) = await End(sample);
        code.ShouldBe(130);
        output.ShouldContain("cancelled by force; it did not end in time");
        output.ShouldContain("sample teardown");
        output.ShouldNotContain("must not run");
    }

    [Test]
    public async Task Killed_it_leaves_a_timeline_that_says_how_far_it_was()
    {
        using var sample = Start("--target=AfterDeaf");
        await Until(sample, "deaf begins");
        sample.Kill();
        await End(sample);
        var timeline = Directory
            .GetFiles(_temporary, "timeline.json", SearchOption.AllDirectories)
            .ShouldHaveSingleItem();
        var read = Slipway.Host.RunTimeline.TryParse(await File.ReadAllTextAsync(timeline)).ShouldNotBeNull();
        read.ExitCode.ShouldBeNull();
        read.Tasks[0].Status.ShouldBe(Slipway.Host.TaskOutcome.Running);
    }

    private Process Start(params string[] arguments)
    {
        // A script that starts the tests in its background has Ctrl-C ignored, and so would whatever is started here.
        var start = new ProcessStartInfo(OperatingSystem.IsLinux() ? "env" : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (OperatingSystem.IsLinux())
        {
            start.ArgumentList.Add("--default-signal=INT,QUIT");
            start.ArgumentList.Add("dotnet");
        }

        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(SampleProgram).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("GITHUB_ACTIONS");
        start.Environment["TMPDIR"] = _temporary;
        start.Environment["SAMPLE_SHOWS_ASSEMBLIES"] = "1";
        return Process.Start(start)!;
    }

    private readonly Dictionary<Process, string> _read = [];

    private async Task Until(Process process, string text)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var buffer = new char[1024];
        while (!_read.GetValueOrDefault(process, "").Contains(text))
        {
            var read = await process.StandardOutput.ReadAsync(buffer, patience.Token);
            read.ShouldBeGreaterThan(0, $"it ended before it said '{text}': {_read.GetValueOrDefault(process)}");
            _read[process] = _read.GetValueOrDefault(process, "") + new string(buffer, 0, read);
        }
    }

    private async Task<(int Code, string Output, string Error)> End(Process process)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var rest = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = await process.StandardError.ReadToEndAsync(patience.Token);
            var output = _read.GetValueOrDefault(process, "") + await rest;
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output, error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static void Send(Process process, int signal) => Kill(process.Id, signal).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
