using System.Text.Json.Nodes;
using Slipway.Canary;

namespace Slipway.EndToEnd.Tests;

/// <summary>A version that turns bad only after its promotion, while the one before is warm.</summary>
[Order(4)]
public sealed class WatchedDeployments
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private Checkout _checkout = null!;

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        await DeployAsync("v1.0.0", exitCode: 0);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test, Order(1)]
    public async Task IsTakenBackByItself_WithARecordAndAnIncidentReport()
    {
        // Ready before the first stage, bad a while after the last one.
        var deployed = await DeployAsync("v1.0.1", exitCode: 10, "--watch", "--sandbox-fault=errors:60%:120s");

        deployed.Text.ShouldContain("v1.0.0 has all traffic, switched in");
        var rollback = _checkout.LatestRun();
        (await File.ReadAllTextAsync(Path.Combine(rollback, "incident-report.md"))).ShouldContain(
            "the watch after the deployment: "
        );
        var record = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(rollback, "record.json")))!;
        (record["version"]!.GetValue<string>(), record["rollback_from"]!.GetValue<string>()).ShouldBe(
            ("v1.0.0", "v1.0.1")
        );
        _checkout.RemoteTags()["sandbox"].ShouldBe(_checkout.Git("rev-parse", "v1.0.0^{commit}").Trim());
        var watched = new DirectoryInfo(_checkout.Runs)
            .GetDirectories("deploy-*")
            .Single(run => File.Exists(Path.Combine(run.FullName, "watch", "ticks.ndjson")))
            .FullName;
        var ticks = TickLog.Read(
            await File.ReadAllTextAsync(Path.Combine(watched, "rollout", "ticks.ndjson"))
                + await File.ReadAllTextAsync(Path.Combine(watched, "watch", "ticks.ndjson"))
        );
        Replay.Differences(ticks).ShouldBeEmpty();
        ticks[^1].Verdict!.Kind.ShouldBe(VerdictKind.Abort);
    }

    [Test, Order(2)]
    public async Task EndsByItself_WhenTheNextDeploymentTakesThePlaceOfTheWarmVersion()
    {
        await DeployAsync("v1.0.2", exitCode: 0);
        var watch = _checkout.Start("--target=Watch", "--environment=sandbox");
        await watch.UntilStageAsync("Watch", Patience, "watches v1.0.2");
        await DeployAsync("v1.0.3", exitCode: 0);
        var ended = await watch.EndAsync(Patience);
        ended.ExitCode.ShouldBe(0, ended.Text);
        ended.Text.ShouldContain("superseded: ");
    }

    [Test, Order(3)]
    public async Task GoesToTheEndOfTheWindow_AndSaysSo()
    {
        _checkout.Replace(
            "environments/sandbox/environment.json",
            "\"rollbackWindow\": \"60m\"",
            "\"rollbackWindow\": \"2m\""
        );
        var deployed = await DeployAsync("v1.0.4", exitCode: 0, "--watch");
        deployed.Text.ShouldContain("the rollback window of v1.0.4 is over, and nothing spoke against it");
    }

    private async Task<Run> DeployAsync(string tag, int exitCode, params string[] arguments)
    {
        _checkout.Commit($"Version {tag}");
        _checkout.Tag(tag);
        var run = await _checkout
            .Start(["--target=Deploy", "--version=" + tag, "--accept-low-traffic", .. arguments])
            .EndAsync(Patience);
        run.ExitCode.ShouldBe(exitCode, run.Text);
        return run;
    }
}
