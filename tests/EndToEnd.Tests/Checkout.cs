using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.EndToEnd.Tests;

/// <summary>
/// A checkout of this repository in a folder of its own, with a git history and a sandbox of its own: what a user has
/// after a clone. The built program and the installed tools are taken over, so that a test does not build them again.
/// </summary>
internal sealed class Checkout : IAsyncDisposable
{
    private readonly string _folder;

    private Checkout(string folder) => _folder = folder;

    public string Root => Path.Combine(_folder, "checkout");

    public string SandboxRoot => Path.Combine(_folder, "sandbox");

    public string Remote => Path.Combine(SandboxRoot, "remote.git");

    /// <summary>Version that users had before the deployment that is looked at.</summary>
    public string ServedBefore { get; set; } = "";

    public string Runs => Path.Combine(Root, "deployment-logs");

    public static string Repository { get; } = FindRepository();

    /// <param name="regions">
    /// Whether the sandbox has the regions that it is shipped with. A second rollout takes its time, and most tests are
    /// about something else.
    /// </param>
    public static async Task<Checkout> CreateAsync(bool regions = false)
    {
        var folder = Path.Combine(Path.GetTempPath(), "slipway-e2e-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(folder);
        var checkout = new Checkout(folder);
        Directory.CreateDirectory(checkout.Root);
        await checkout.CopyAsync();
        if (!regions)
            Directory.Delete(Path.Combine(checkout.Root, "environments", "sandbox", "regions"), recursive: true);
        await checkout.GitAsync("init", "--quiet", "--initial-branch=main");
        checkout.Commit("The product as it is");
        return checkout;
    }

    /// <summary>Shorter stages than the shipped sandbox: the tests look at what happens, not at how long it is watched.</summary>
    public Checkout WithShortStages() => WithStagesOf(3);

    /// <summary>The tests that have to come in between need longer ones.</summary>
    public Checkout WithStagesOf(int seconds)
    {
        var file = Path.Combine(Root, "environments", "sandbox", "environment.json");
        var text = Shortened(file, seconds);
        var regions = Path.Combine(Root, "environments", "sandbox", "regions");
        if (Directory.Exists(regions))
            foreach (var region in Directory.GetFiles(regions, "region.json", SearchOption.AllDirectories))
                File.WriteAllText(region, Shortened(region, seconds));
        // 5 % of 50 requests per second: a stage of this length must be able to end with a judgement.
        text = Regex.Replace(text, "\"minimumRequests\"\\s*:\\s*\\d+", "\"minimumRequests\": 2");
        // In so short a stage a machine that is busy for a second makes one version slower than the other.
        text = Regex.Replace(text, "\"latencyFloor\"\\s*:\\s*\"[^\"]+\"", "\"latencyFloor\": \"25ms\"");
        File.WriteAllText(file, text);
        Commit($"Stages of {seconds} s");
        return this;
    }

    private static string Shortened(string file, int seconds) =>
        Regex.Replace(File.ReadAllText(file), "\"duration\"\\s*:\\s*\"[^\"]+\"", $"\"duration\": \"{seconds}s\"");

    public Task<Run> BuildAsync(params string[] arguments) => Start(arguments).EndAsync(TimeSpan.FromMinutes(5));

    public RunningBuild Start(params string[] arguments) => new(this, arguments);

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Replace(string path, string what, string with)
    {
        var text = File.ReadAllText(Path.Combine(Root, path));
        text.ShouldContain(what);
        File.WriteAllText(Path.Combine(Root, path), text.Replace(what, with, StringComparison.Ordinal));
    }

    public void Commit(string message)
    {
        Git("add", "--all");
        Git(
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.invalid",
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            message
        );
    }

    public void Tag(string name) =>
        Git("-c", "user.name=Test", "-c", "user.email=test@example.invalid", "tag", "--annotate", "-m", name, name);

    public string Git(params string[] arguments) => GitAsync(arguments).GetAwaiter().GetResult();

    public async Task<string> GitAsync(params string[] arguments)
    {
        var run = await RunAsync(
            "git",
            Root,
            ["-C", Root, .. arguments],
            ImmutableDictionary<string, string>.Empty,
            TimeSpan.FromMinutes(1)
        );
        run.ExitCode.ShouldBe(0, run.Text);
        return run.Output;
    }

    /// <summary>Tag name → commit, as the sandbox's remote has it now.</summary>
    public IReadOnlyDictionary<string, string> RemoteTags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Git("ls-remote", "--tags", Remote).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            // A peeled line (^{}) follows the tag object's and wins: it is the commit.
            tags[parts[1]["refs/tags/".Length..].Replace("^{}", "", StringComparison.Ordinal)] = parts[0];
        }
        return tags;
    }

    public string LatestRun() =>
        new DirectoryInfo(Runs)
            .GetDirectories("deploy-*")
            .OrderBy(run => run.Name, StringComparer.Ordinal)
            .Last()
            .FullName;

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!Directory.Exists(SandboxRoot))
                return;
            var down = await BuildAsync("--target=SandboxDown");
            down.ExitCode.ShouldBe(0, $"servers would be left behind\n{down.Text}");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal ImmutableDictionary<string, string> Environment =>
        ImmutableDictionary<string, string>
            .Empty.Add("SLIPWAY_SANDBOX_ROOT", SandboxRoot)
            .Add("NO_COLOR", "1")
            .Add("CI", "")
            .Add("GITHUB_ACTIONS", "")
            .Add("DEPLOYMENT_LOG_DIR", "");

    internal static async Task<Run> RunAsync(
        string program,
        string folder,
        IEnumerable<string> arguments,
        ImmutableDictionary<string, string> environment,
        TimeSpan limit,
        string? input = null
    )
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new AssertionException($"{program} did not end within {limit}: {await output}\n{await error}", late);
        }
        return new Run(process.ExitCode, await output, await error);
    }

    private async Task CopyAsync()
    {
        // Times are kept: the program counts as built from these sources.
        var copy =
            "set -euo pipefail; git -C \"$1\" ls-files -z --cached --others --exclude-standard | (cd \"$1\" && tar --null --ignore-failed-read -T - -c) | tar -x -p -C \"$2\"; "
            + "mkdir -p \"$2/.slipway\"; cp -a \"$1/.slipway/program\" \"$2/.slipway/\"; if [ -d \"$1/.slipway/npm\" ]; then cp -al \"$1/.slipway/npm\" \"$2/.slipway/\"; fi; "
            + "touch \"$2/.slipway/program/current/stamp\"";
        var run = await RunAsync(
            "bash",
            Repository,
            ["-c", copy, "copy", Repository, Root],
            ImmutableDictionary<string, string>.Empty,
            TimeSpan.FromMinutes(2)
        );
        run.ExitCode.ShouldBe(0, run.Text);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}

/// <param name="Output">Standard output.</param>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    public string Text => new StringBuilder(Output).Append(Error).ToString();
}
