using System.Diagnostics;
using System.Text;

namespace Slipway.EndToEnd.Tests;

/// <summary>A <c>./build.sh</c> that runs, so that a test can interrupt or kill it.</summary>
internal sealed class RunningBuild
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Checkout _checkout;
    private readonly DateTime _startedAt = DateTime.UtcNow;

    /// <param name="variables">Environment variables beside those of the checkout.</param>
    public RunningBuild(
        Checkout checkout,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        _checkout = checkout;
        // A script that starts the tests in its background has Ctrl-C ignored, and so would whatever is started here.
        var start = new ProcessStartInfo("env")
        {
            ArgumentList = { "--default-signal=INT,QUIT", Path.Combine(checkout.Root, "build.sh") },
            UseShellExecute = false,
            WorkingDirectory = checkout.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in checkout.Environment.Concat(variables ?? new Dictionary<string, string>()))
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
    /// <param name="text">Waits until the stage's log says this, too.</param>
    public async Task UntilStageAsync(string stage, TimeSpan limit, string? text = null)
    {
        var watch = Stopwatch.StartNew();
        while (!HasBegun(stage, text))
        {
            if (_process.HasExited || watch.Elapsed > limit)
                throw new AssertionException($"the run did not come to {stage}:\n{Text}");
            await Task.Delay(20);
        }
    }

    /// <summary>As <c>kill -9</c> does it: this process and none of its children.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: false);
        _process.WaitForExit();
    }

    public void Signal(string name) =>
        Process
            .Start("kill", ["-s", name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!
            .WaitForExit();

    public bool HasExited => _process.HasExited;

    /// <summary>Before the run has a folder, its logs lie in a temporary one that bears its process id.</summary>
    private bool HasBegun(string stage, string? text) =>
        LogFolders().Any(folder => HasSaid(Path.Combine(folder, stage + ".log"), text));

    private IEnumerable<string> LogFolders() =>
        Directory
            .EnumerateDirectories(Path.GetTempPath(), $"build-logs-{_process.Id}-*")
            .Concat(
                Directory.Exists(_checkout.Runs)
                    ? Directory
                        .EnumerateDirectories(_checkout.Runs, "deploy-*")
                        .Select(run => Path.Combine(run, "logs"))
                    : []
            );

    /// <summary>An earlier attempt may have left a log of the stage: this one's is newer than its start.</summary>
    private bool HasSaid(string log, string? text)
    {
        try
        {
            return File.Exists(log)
                && File.GetLastWriteTimeUtc(log) > _startedAt
                && (text is null || File.ReadAllText(log).Contains(text, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false; // it is being moved into the run's folder
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
