using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>A release that must not reach users: the version before serves at the end, and the exit code says so.</summary>
[Order(3)]
public sealed class BadReleases
{
    private Checkout _checkout = null!;
    private int _version;

    [OneTimeSetUp]
    public async Task DeployAGoodOne()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _checkout.Tag("v1.0.0");
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=v1.0.0");
        run.ExitCode.ShouldBe(0, run.Text);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [TestCase("errors:60%", 10, "Rollout")]
    [TestCase("crash-loop", 10, "Rollout")]
    [TestCase("wrong-version", 10, "Rollout")]
    [TestCase("broken-migration", 1, "Migrate")]
    public async Task IsTakenBack(string fault, int exitCode, string stage)
    {
        _checkout.Commit($"Bad change {++_version}");
        var tag = $"v2.0.{_version}";
        _checkout.Tag(tag);
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=" + tag, "--sandbox-fault=" + fault);
        run.ExitCode.ShouldBe(exitCode, run.Text);
        var folder = _checkout.LatestRun();
        (await File.ReadAllTextAsync(Path.Combine(folder, "failure-report.md"))).ShouldContain($"**{stage}** at ");
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "record.json")))!["status"]!
            .GetValue<string>()
            .ShouldNotBe("success");
        _checkout.RemoteTags()["sandbox"].ShouldBe(_checkout.Git("rev-parse", "v1.0.0^{commit}").Trim());
    }

    [TearDown]
    public async Task TheVersionBeforeServes()
    {
        var outputs = Path.Combine(
            new DirectoryInfo(_checkout.Runs)
                .GetDirectories("deploy-*")
                .OrderBy(run => run.Name, StringComparer.Ordinal)
                .First()
                .FullName,
            "deploy",
            "outputs.json"
        );
        var url = JsonNode.Parse(await File.ReadAllTextAsync(outputs))!["outputs"]!["public_url"]!.GetValue<string>();
        using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) };
        for (var request = 0; request < 50; request++)
            JsonNode.Parse(await client.GetStringAsync("api/health"))!["version"]!.GetValue<string>().ShouldBe("1.0.0");
    }
}
