using System.Diagnostics;
using System.Text;

namespace Slipway.EndToEnd.Tests;

/// <summary>A <c>./build.sh</c> that runs, so that a test can interrupt or kill it.</summary>
internal sealed class RunningBuild
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Checkout _checkout;

    public RunningBuild(Checkout checkout, IEnumerable<string> arguments)
    {
        _checkout = checkout;
        var start = new ProcessStartInfo(Path.Combine(checkout.Root, "build.sh"))
        {
            UseShellExecute = false,
            WorkingDirectory = checkout.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in checkout.Environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Text
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public async Task<Run> EndAsync(TimeSpan limit)
    {
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException late)
        {
            _process.Kill(entireProcessTree: true);
            throw new AssertionException($"build.sh did not end within {limit}:\n{Text}", late);
        }
        return new Run(_process.ExitCode, Text, "");
    }

    /// <summary>Waits until the stage has begun (its log is there), or fails with what the run printed.</summary>
    public async Task UntilStageAsync(string stage, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (!HasBegun(stage))
        {
            if (_process.HasExited || watch.Elapsed > limit)
                throw new AssertionException($"the run did not come to {stage}:\n{Text}");
            await Task.Delay(20);
        }
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: false);
        _process.WaitForExit();
    }

    private bool HasBegun(string stage) =>
        Directory.Exists(_checkout.Runs)
        && Directory
            .EnumerateDirectories(_checkout.Runs, "deploy-*")
            .Any(run => File.Exists(Path.Combine(run, "logs", stage + ".log")));

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
