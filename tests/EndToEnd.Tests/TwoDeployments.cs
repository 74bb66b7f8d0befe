using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>A fresh checkout deploys once, commits and tags, and deploys again: what a newcomer does first.</summary>
[Order(1)]
public sealed class TwoDeployments
{
    private static readonly string[] StageFiles =
    [
        "release.json",
        "checks.json",
        "build/apk.json",
        "build/build_production.apk",
        "build/images.json",
        "backup/backup.json",
        "plan/plan.json",
        "deploy/outputs.json",
        "migration/migration.json",
        "rollout/rollout.json",
        "rollout/us-east/ticks.ndjson",
        "rollout/eu-west/ticks.ndjson",
        "smoke/smoke.json",
        "validation/validation.json",
        "record.json",
        "rollback-instructions.md",
        "report.md",
        "report.html",
        "logs/timeline.json",
    ];

    private Checkout _checkout = null!;
    private Run _first = null!;
    private Run _second = null!;
    private string _firstFolder = null!;
    private string _secondFolder = null!;

    [OneTimeSetUp]
    public async Task Deploy()
    {
        _checkout = await Checkout.CreateAsync(regions: true);
        _first = await _checkout.BuildAsync("--target=Deploy");
        _first.ExitCode.ShouldBe(0, _first.Text);
        _firstFolder = _checkout.LatestRun();
        _checkout.Write("sandbox/web/public/motd.txt", "second");
        _checkout.Commit("Say something else");
        _checkout.Tag("v0.2.0");
        _second = await _checkout.BuildAsync("--target=Deploy", "--version=v0.2.0");
        _second.ExitCode.ShouldBe(0, _second.Text);
        _secondFolder = _checkout.LatestRun();
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test]
    public void EachLeavesACompleteRunFolder()
    {
        foreach (var folder in new[] { _firstFolder, _secondFolder })
            StageFiles.Where(file => !File.Exists(Path.Combine(folder, file))).ShouldBeEmpty(folder);
    }

    [Test]
    public void TheFirstSaysThatThereWasNoDatabaseAndNoStableVersion()
    {
        Read(_firstFolder, "backup/backup.json")["outcome"]!.GetValue<string>().ShouldBe("notApplicable");
        Read(_firstFolder, "release.json")["previousVersion"].ShouldBeNull();
    }

    [Test]
    public void TheSecondProvesItsBackup()
    {
        var proof = Read(_secondFolder, "backup/backup.json")["proof"]!;
        proof["passed"]!.GetValue<bool>().ShouldBeTrue();
        proof["sourceSqlSha256"]!.GetValue<string>().ShouldBe(proof["restoredSqlSha256"]!.GetValue<string>());
        proof["rowsCompared"]!.GetValue<long>().ShouldBePositive();
    }

    [Test]
    public void TheSecondTakesTrafficStepByStepBesideTheFirst()
    {
        var stages = Read(_secondFolder, "rollout/rollout.json")["stages"]!.AsArray();
        stages
            .Select(stage => (stage!["region"]!.GetValue<string>(), stage["trafficPercentage"]!.GetValue<int>()))
            .ShouldBe([("us-east", 5), ("us-east", 50), ("us-east", 100), ("eu-west", 50), ("eu-west", 100)]);
        foreach (var stage in stages)
            stage!["candidateRequests"]!.GetValue<long>().ShouldBePositive();
        foreach (var stage in stages.Where(stage => stage!["trafficPercentage"]!.GetValue<int>() < 100))
            stage!["stableRequests"]!.GetValue<long>().ShouldBePositive();
    }

    [Test]
    public async Task EveryRegionServesTheSecond_AndReportAndRecordSaySo()
    {
        foreach (var region in new[] { "us-east", "eu-west" })
            (await _checkout.ServedAsync(region)).ShouldBe(["0.2.0"]);
        Read(_secondFolder, "record.json")["regions"]!
            .AsArray()
            .Select(one => (one!["region"]!.GetValue<string>(), one["result"]!.GetValue<string>()))
            .ShouldBe([("us-east", "promoted"), ("eu-west", "promoted")]);
        var report = await File.ReadAllTextAsync(Path.Combine(_secondFolder, "report.html"));
        report.ShouldContain("id=\"rollout-us-east-title\"");
        report.ShouldContain("id=\"rollout-eu-west-title\"");
    }

    [Test]
    public void TheEnvironmentTagOfTheSandboxRemoteMovesWithTheSecond()
    {
        var tags = _checkout.RemoteTags();
        tags["sandbox"].ShouldBe(_checkout.Git("rev-parse", "v0.2.0^{commit}").Trim());
        _checkout
            .Git("tag", "--list", "sandbox")
            .ShouldBeEmpty("a deployment to the sandbox touches no tag of the checkout");
    }

    [Test]
    public void TheRecordHasTheFieldsOfTheGuide()
    {
        var record = Read(_secondFolder, "record.json");
        string[] fields =
        [
            "timestamp",
            "deployment_id",
            "version",
            "environment",
            "status",
            "git_sha",
            "git_ref",
            "triggered_by",
            "services_deployed",
            "database_backup",
            "migrations_applied",
            "rollout_stages",
            "health_checks",
            "rollback_available",
            "rollback_window_minutes",
            "rollback_deadline",
        ];
        fields.Where(field => record[field] is null).ShouldBeEmpty();
        record["status"]!.GetValue<string>().ShouldBe("success");
        record["database_backup"]!["location"]!.GetValue<string>().ShouldEndWith(".sql.gz");
    }

    [Test]
    public void StagesThatDoNotNeedEachOtherOverlap()
    {
        string[] beside = ["BuildApk", "BuildImages", "Backup", "TerraformPlan"];
        var tasks = Read(_secondFolder, "logs/timeline.json")["tasks"]!
            .AsArray()
            .Where(task => beside.Contains(task!["task"]!.GetValue<string>()))
            .ToDictionary(
                task => task!["task"]!.GetValue<string>(),
                task => (Start: Number(task!, "offset"), Seconds: Number(task!, "seconds"))
            );
        var begin = beside.Min(name => tasks[name].Start);
        var end = beside.Max(name => tasks[name].Start + tasks[name].Seconds);
        // Not a measure of speed: run one after the other, they take at least their sum.
        (end - begin).ShouldBeLessThan(beside.Sum(name => tasks[name].Seconds));
    }

    [Test]
    public async Task AStageRunsAloneOnACopiedRunFolder()
    {
        var id = Path.GetFileName(_secondFolder);
        var elsewhere = Path.Combine(_checkout.Root, "elsewhere");
        foreach (var file in Directory.GetFiles(_secondFolder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(elsewhere, id, Path.GetRelativePath(_secondFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        File.Delete(Path.Combine(elsewhere, id, "smoke", "smoke.json"));
        var run = await Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            ["--target=Smoke", "--exclusive", "--deployment-id=" + id],
            _checkout.Environment.SetItem("DEPLOYMENT_LOG_DIR", elsewhere),
            TimeSpan.FromMinutes(1)
        );
        run.ExitCode.ShouldBe(0, run.Text);
        File.Exists(Path.Combine(elsewhere, id, "smoke", "smoke.json")).ShouldBeTrue();
        Directory.Delete(elsewhere, recursive: true);
    }

    [Test]
    public async Task MigrateDemandsTheBackupHoweverItIsStarted()
    {
        var id = Path.GetFileName(_secondFolder);
        var backup = Path.Combine(_secondFolder, "backup", "backup.json");
        File.Move(backup, backup + ".away");
        try
        {
            var run = await _checkout.BuildAsync("--target=Migrate", "--exclusive", "--deployment-id=" + id);
            run.ExitCode.ShouldNotBe(0);
            run.Text.ShouldContain("--target=Backup");
        }
        finally
        {
            File.Move(backup + ".away", backup);
        }
    }

    [Test]
    public async Task ResumingAFinishedDeploymentDoesNothingAgain()
    {
        var before = File.GetLastWriteTimeUtc(Path.Combine(_secondFolder, "rollout", "rollout.json"));
        var run = await _checkout.BuildAsync(
            "--target=Deploy",
            "--resume",
            "--deployment-id=" + Path.GetFileName(_secondFolder)
        );
        run.ExitCode.ShouldBe(0, run.Text);
        File.GetLastWriteTimeUtc(Path.Combine(_secondFolder, "rollout", "rollout.json")).ShouldBe(before);
    }

    [Test]
    public void NothingListensBeyondLoopback()
    {
        var program = Checkout
            .RunAsync(
                "ss",
                "/",
                ["-H", "-ltnp"],
                System.Collections.Immutable.ImmutableDictionary<string, string>.Empty,
                TimeSpan.FromSeconds(10)
            )
            .GetAwaiter()
            .GetResult();
        program
            .Output.Split('\n')
            .Where(line =>
                line.Contains("haproxy", StringComparison.Ordinal)
                || line.Contains("postgres", StringComparison.Ordinal)
                || line.Contains("node", StringComparison.Ordinal)
            )
            .Where(line =>
                !line.Contains("127.0.0.1:", StringComparison.Ordinal)
                && !line.Contains("[::1]:", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();
    }

    [Test]
    public void NoSecretStandsInAnythingThatTheRunsWrote()
    {
        var password = File.ReadAllText(
                Directory.GetFiles(_checkout.SandboxRoot, "*password*", SearchOption.AllDirectories).First()
            )
            .Trim();
        password.Length.ShouldBeGreaterThan(8);
        foreach (
            var file in Directory
                .GetFiles(_checkout.Runs, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith("tfplan", StringComparison.Ordinal))
        )
            File.ReadAllText(file).Contains(password, StringComparison.Ordinal).ShouldBeFalse(file);
        _first.Text.ShouldNotContain(password);
        _second.Text.ShouldNotContain(password);
    }

    private static double Number(JsonNode node, string name) => node[name]!.GetValue<double>();

    private static JsonNode Read(string folder, string file) =>
        JsonNode.Parse(
            File.ReadAllText(Path.Combine(folder, file)),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }
        )!;
}
