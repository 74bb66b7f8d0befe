namespace Slipway.EndToEnd.Tests;

/// <summary>
/// A deployment that is killed without a word in one stage after the other, and resumed each time: users are served all
/// the time, and what was finished is not done again.
/// </summary>
[Order(2)]
public sealed class KilledRuns
{
    private static readonly (string Stage, string? File)[] Stages =
    [
        ("ValidateRelease", "release.json"),
        ("PreDeploymentChecks", "checks.json"),
        ("BuildApk", "build/apk.json"),
        ("BuildImages", "build/images.json"),
        ("Backup", "backup/backup.json"),
        ("TerraformPlan", "plan/plan.json"),
        ("TerraformDeploy", "deploy/outputs.json"),
        ("Migrate", "migration/migration.json"),
        ("Rollout", "rollout/rollout.json"),
        ("Smoke", "smoke/smoke.json"),
        ("ProductionValidation", "validation/validation.json"),
        ("Record", "record.json"),
        ("Report", null),
    ];

    private Checkout _checkout = null!;

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

    [Test]
    public async Task KilledInEveryStageAndResumed()
    {
        _checkout.Commit("A change");
        _checkout.Tag("v1.0.1");
        var before = _checkout.LatestRun();
        var finished = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        foreach (var (stage, _) in Stages)
        {
            var build = _checkout.Start("--target=Deploy", "--version=v1.0.1", "--resume");
            await build.UntilStageAsync(stage, TimeSpan.FromMinutes(2));
            build.Kill();

            var rolledOut = Has("rollout/rollout.json");
            string[] expected =
                rolledOut ? ["1.0.1"]
                : stage == "Rollout" ? ["1.0.0", "1.0.1"]
                : ["1.0.0"];
            (await _checkout.ServedAsync()).ShouldBeSubsetOf(expected, $"killed in {stage}\n{build.Text}");
            foreach (var (file, written) in finished)
                Written(file).ShouldBe(written, $"{file} was complete when {stage} was killed\n{build.Text}");
            foreach (var file in Stages.Select(one => one.File).OfType<string>().Where(Has))
                finished[file] = Written(file);
        }
        var resumed = await _checkout.BuildAsync("--target=Deploy", "--version=v1.0.1", "--resume");
        resumed.ExitCode.ShouldBe(0, resumed.Text);
        foreach (var (file, written) in finished)
            Written(file).ShouldBe(written, $"{file} was complete: its stage is not done again");
        (await _checkout.ServedAsync()).ShouldBe(["1.0.1"]);
        _checkout.RemoteTags()["sandbox"].ShouldBe(_checkout.Git("rev-parse", "v1.0.1^{commit}").Trim());

        bool Has(string file) =>
            _checkout.LatestRun() != before && File.Exists(Path.Combine(_checkout.LatestRun(), file));
        DateTime Written(string file) => File.GetLastWriteTimeUtc(Path.Combine(_checkout.LatestRun(), file));
    }
}
