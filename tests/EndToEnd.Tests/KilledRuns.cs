using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>A deployment that is killed without a word, in each of its stages: the version before serves, and the run is resumable.</summary>
[Order(2)]
public sealed class KilledRuns
{
    private Checkout _checkout = null!;
    private int _version = 1;

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _checkout.Tag("v1.0.0");
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=v1.0.0");
        run.ExitCode.ShouldBe(0, run.Text);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [TestCase("ValidateRelease")]
    [TestCase("PreDeploymentChecks")]
    [TestCase("BuildApk")]
    [TestCase("BuildImages")]
    [TestCase("Backup")]
    [TestCase("TerraformPlan")]
    [TestCase("TerraformDeploy")]
    [TestCase("Migrate")]
    [TestCase("Rollout")]
    [TestCase("Smoke")]
    [TestCase("ProductionValidation")]
    [TestCase("Record")]
    [TestCase("Report")]
    public async Task KilledIn(string stage)
    {
        var serving = await ServingAsync();
        _checkout.Commit($"Change {++_version}");
        var tag = $"v1.0.{_version}";
        _checkout.Tag(tag);
        var build = _checkout.Start("--target=Deploy", "--version=" + tag);
        await build.UntilStageAsync(stage, TimeSpan.FromMinutes(2));
        build.Kill();

        // Whatever the stage: users are served by the version before or, once the rollout has passed, by the new one.
        var now = await ServingAsync();
        now.ShouldBeSubsetOf(serving.Append(tag[1..]));
        if (stage is not ("Rollout" or "Smoke" or "ProductionValidation" or "Record" or "Report"))
            now.ShouldBe(serving);

        var finished = FinishedStages();
        var resumed = await _checkout.BuildAsync("--target=Deploy", "--version=" + tag, "--resume");
        resumed.ExitCode.ShouldBe(0, build.Text + resumed.Text);
        foreach (var (file, written) in finished)
            File.GetLastWriteTimeUtc(file).ShouldBe(written, $"{file} was complete: its stage is not done again");
        (await ServingAsync()).ShouldBe([tag[1..]]);
        _checkout.RemoteTags()["sandbox"].ShouldBe(_checkout.Git("rev-parse", tag + "^{commit}").Trim());
    }

    /// <summary>The versions that a hundred requests through the load balancer meet; each must be answered.</summary>
    private async Task<string[]> ServingAsync()
    {
        var outputs = new DirectoryInfo(_checkout.Runs)
            .GetDirectories("deploy-*")
            .OrderByDescending(run => run.Name, StringComparer.Ordinal)
            .Select(run => Path.Combine(run.FullName, "deploy", "outputs.json"))
            .First(File.Exists);
        var url = JsonNode.Parse(await File.ReadAllTextAsync(outputs))!["outputs"]!["public_url"]!.GetValue<string>();
        using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) };
        var versions = new SortedSet<string>(StringComparer.Ordinal);
        for (var request = 0; request < 100; request++)
        {
            using var answer = await client.GetAsync("api/health");
            answer.EnsureSuccessStatusCode();
            versions.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["version"]!.GetValue<string>());
        }
        return [.. versions];
    }

    /// <summary>The stage files of the killed run. What had gone beyond the rollout's own end is taken back and judged anew.</summary>
    private List<(string File, DateTime Written)> FinishedStages()
    {
        string[] stages =
        [
            "release.json",
            "checks.json",
            "build/apk.json",
            "build/images.json",
            "backup/backup.json",
            "plan/plan.json",
            "deploy/outputs.json",
            "migration/migration.json",
        ];
        var run = _checkout.LatestRun();
        return
        [
            .. stages
                .Select(file => Path.Combine(run, file))
                .Where(File.Exists)
                .Select(file => (file, File.GetLastWriteTimeUtc(file))),
        ];
    }
}
