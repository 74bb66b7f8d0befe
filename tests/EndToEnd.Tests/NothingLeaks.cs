using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Slipway.EndToEnd.Tests.Leaks;

namespace Slipway.EndToEnd.Tests;

/// <summary>
/// Secrets are planted in every way in, good and bad deployments run, and everything that they wrote is searched for them:
/// plain, URL-encoded, JSON-escaped, in base64.
/// </summary>
[Order(4)]
[UnsupportedOSPlatform("windows")]
public sealed partial class NothingLeaks
{
    private readonly List<(string Name, Run Run)> _runs = [];
    private LeakyProduct _product = null!;
    private ProcessList _processes = null!;

    private LeakSearch Search => new(_product.Planted);

    [OneTimeSetUp]
    public async Task DeployWellAndBadly()
    {
        _processes = ProcessList.Watch();
        _product = await LeakyProduct.CreateAsync();
        await DeployAsync("good", 0, _product.InGitHub("v1.0.0"));
        _product.TellPassword();
        await DeployAsync(
            "failing build",
            1,
            _product.Environment.Add("TOLD_MODE", "fail"),
            _product.Release("v1.0.1")
        );
        _product.GitHubRefuses = true;
        await DeployAsync("refused by GitHub", 1, _product.Environment, _product.Release("v1.0.2"));
        _product.GitHubRefuses = false;
        _product.MakeHealthTalkative();
        await DeployAsync("sick candidate", null, _product.Environment, _product.Release("v1.0.3"));
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        _processes.Dispose();
        await _product.DisposeAsync();
    }

    [Test]
    public void IntoTheConsole() =>
        _runs
            .SelectMany(run => Search.InText(run.Name, AddMask().Replace(run.Run.Text, "")))
            .Select(leak => leak.ToString())
            .ShouldBeEmpty();

    /// <summary>Only so does GitHub's runner know what to hide in the steps of others.</summary>
    [Test]
    public void BeforeGitHubIsToldToMaskIt()
    {
        var text = _runs[0].Run.Text;
        var masks = AddMask()
            .Matches(text)
            .Select(match => match.Value["::add-mask::".Length..].Replace("%25", "%", StringComparison.Ordinal))
            .ToArray();
        masks.ShouldContain(_product.FileOdd.Value);
        foreach (var line in _product.FileKey.Value.Trim().Split('\n'))
            masks.ShouldContain(line);
        text.IndexOf("::add-mask::", StringComparison.Ordinal)
            .ShouldBeLessThan(text.IndexOf("ValidateRelease", StringComparison.Ordinal));
    }

    [Test]
    public void IntoTheRunFolders() =>
        Search
            .InFiles(_product.Checkout.Runs, file => file.EndsWith("plan/tfplan", StringComparison.Ordinal))
            .Select(leak => leak.ToString())
            .ShouldBeEmpty();

    /// <summary>Terraform writes sensitive values into it in clear: it is for its owner alone, and never uploaded.</summary>
    [Test]
    public void BeyondTheOwnerOfThePlan()
    {
        var plans = Directory.GetFiles(_product.Checkout.Runs, "tfplan", SearchOption.AllDirectories);
        plans.ShouldNotBeEmpty();
        foreach (var plan in plans)
            File.GetUnixFileMode(plan).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public void IntoTheLedger()
    {
        var refs = _product
            .Checkout.Git("-C", _product.Checkout.Remote, "for-each-ref", "--format=%(contents)", "refs/deployments")
            .ToString();
        Regex.Count(refs, "\"deployment_id\"").ShouldBeGreaterThanOrEqualTo(_runs.Count);
        Search.InText("ledger", refs).ShouldBeEmpty();
    }

    /// <summary>All objects of the remote: the records of the ledger, and every commit, tag and file beside them.</summary>
    [Test]
    public void IntoTheRepository()
    {
        var objects = _product
            .Checkout.Git("-C", _product.Checkout.Remote, "cat-file", "--batch-all-objects", "--batch", "--unordered")
            .ToString();
        objects.ShouldContain("\"deployment_id\"");
        objects.ShouldContain("SANDBOX_EXAMPLE_TOKEN");
        Search.InText("repository", objects).ShouldBeEmpty();
    }

    /// <summary>The services have got what they name, or the search for it would prove nothing.</summary>
    [Test]
    public void ThoughTheServicesWereGivenThem()
    {
        var logs = string.Concat(
            Directory
                .GetFiles(_product.Checkout.SandboxRoot, "*.log", SearchOption.AllDirectories)
                .Where(file => file.Contains("/auth-", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );
        logs.ShouldContain(_product.FileOdd.Value);
        logs.ShouldContain(_product.FileKey.Value.Split('\n')[1]);
    }

    [Test]
    public void IntoTheProcessList()
    {
        _processes.Looks.ShouldBeGreaterThan(100);
        _processes.Seen().ShouldContain("Slipway.dll");
        Search.InText("processes", _processes.Seen()).ShouldBeEmpty();
    }

    /// <summary>Beside what each is for: the token authenticates at GitHub, the webhook's address is Slack's.</summary>
    [Test]
    public void IntoRequestsToOthers()
    {
        _product.Requests.ShouldContain(request => request.Path.StartsWith("/slack/", StringComparison.Ordinal));
        _product.Requests.ShouldContain(request => request.Path.Contains("/check-runs", StringComparison.Ordinal));
        _product
            .Requests.SelectMany(request =>
                Search.InText(
                    "request",
                    $"{request.Headers}\n{request.Body}\n"
                        + (request.Path.StartsWith("/slack/", StringComparison.Ordinal) ? "" : request.Path)
                )
            )
            .Select(leak => leak.ToString())
            .Distinct()
            .ShouldBeEmpty();
    }

    [Test]
    public void IntoTheJobsSummary() =>
        Search.InText("summary", File.ReadAllText(_product.StepSummary)).ShouldBeEmpty();

    [Test]
    public void IntoTemporaryFiles() => Search.InFiles(_product.TemporaryFolder).ShouldBeEmpty();

    /// <summary>
    /// Left out is what must hold a secret, and is for its owner alone: Terraform's state, the database's own files, the
    /// password file; and what the product's instances log themselves.
    /// </summary>
    [Test]
    public void IntoTheSandbox() =>
        Search
            .InFiles(
                _product.Checkout.SandboxRoot,
                file => KeptByOthers().IsMatch(file) || file.StartsWith("remote.git/objects", StringComparison.Ordinal)
            )
            .Select(leak => leak.ToString())
            .ShouldBeEmpty();

    [Test]
    public void ButWhatIsKeptByOthersIsForItsOwnerAlone()
    {
        const UnixFileMode others =
            UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        foreach (var file in Directory.GetFiles(_product.Checkout.SandboxRoot, "*", SearchOption.AllDirectories))
            if (KeptByOthers().IsMatch(Path.GetRelativePath(_product.Checkout.SandboxRoot, file)))
                IsPrivate(file).ShouldBeTrue($"{file} can be read by everybody");

        bool IsPrivate(string file)
        {
            if ((File.GetUnixFileMode(file) & others) == UnixFileMode.None)
                return true;
            for (var folder = Path.GetDirectoryName(file)!; folder.Length >= _product.Checkout.SandboxRoot.Length; )
            {
                if (
                    (File.GetUnixFileMode(folder) & (UnixFileMode.GroupExecute | UnixFileMode.OtherExecute))
                    == UnixFileMode.None
                )
                    return true;
                folder = Path.GetDirectoryName(folder)!;
            }
            return false;
        }
    }

    /// <summary>The search is not blind: what a program writes past the pipeline is found.</summary>
    [Test]
    [Order(99)]
    public async Task ExceptWhereAProgramWritesItPastThePipeline()
    {
        var run = await _product.BuildAsync(
            _product.Environment.Add("TOLD_MODE", "file"),
            "--target=BuildApk",
            "--version=" + _product.Release("v1.0.4")
        );
        run.ExitCode.ShouldBe(0, run.Text);
        var written = Path.Combine(_product.Checkout.LatestRun(), "build");
        var leaks = Search.InFiles(written).Where(leak => leak.Where == "debug.txt").ToArray();
        leaks.Select(leak => leak.Canary).Distinct().Count().ShouldBe(_product.Planted.Length);
        File.Delete(Path.Combine(written, "debug.txt"));
    }

    private async Task DeployAsync(
        string name,
        int? exitCode,
        System.Collections.Immutable.ImmutableDictionary<string, string> environment,
        string tag = "v1.0.0"
    )
    {
        var run = await _product.BuildAsync(
            environment,
            "--target=Deploy",
            "--version=" + tag,
            "--verbosity=diagnostic"
        );
        _runs.Add((name, run));
        if (exitCode is { } expected)
            run.ExitCode.ShouldBe(expected, run.Text);
        else
            run.ExitCode.ShouldNotBe(0, run.Text);
    }

    [GeneratedRegex("^::add-mask::.*$", RegexOptions.Multiline)]
    private static partial Regex AddMask();

    [GeneratedRegex("^(terraform/|postgres/(data/|password$))|/instance\\.log$|/before\\.log$")]
    private static partial Regex KeptByOthers();
}
