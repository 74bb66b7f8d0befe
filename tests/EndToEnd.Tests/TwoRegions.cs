using System.Text.Json.Nodes;
using Slipway.Canary;
using Slipway.EndToEnd.Tests.Faults;

namespace Slipway.EndToEnd.Tests;

/// <summary>The sandbox with the two regions that it is shipped with: what happens in one is answered in the other.</summary>
[Order(6)]
public sealed class TwoRegions
{
    private const string First = "us-east";
    private const string Second = "eu-west";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private Checkout _checkout = null!;
    private string _serving = "1.0.0";
    private int _version;

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync(regions: true)).WithShortStages();
        _checkout.Tag("v1.0.0");
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=v1.0.0");
        run.ExitCode.ShouldBe(0, run.Text);
        await ShouldServeAsync("1.0.0", "1.0.0", run.Text);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test, Order(1)]
    public async Task TheSecondWaveFails_TheFirstComesBack_AndNobodyLosesARequestToTheMachinery()
    {
        var tag = NextTag();
        await using var first = new SteadyProbe(_checkout.PublicUrl(First));
        var run = await _checkout.BuildAsync(
            "--target=Deploy",
            "--version=" + tag,
            $"--sandbox-fault=errors:60%@{Second}"
        );
        run.ExitCode.ShouldBe(10, run.Text);
        await ShouldServeAsync(_serving, _serving, run.Text);
        // The fault hits the second region only: whoever asks in the first one is always answered.
        first.Read().Failed.ShouldBe(0, run.Text);
        run.Text.ShouldContain($"{First}: brought back to v{_serving}");
        run.Text.Split('\n')
            .Where(line => line.Contains("synthetic requests", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Contains(" 0 lost by the machinery", StringComparison.Ordinal));
        Regions("record.json")
            .ShouldBe([(First, "rolledBack", "v" + _serving), (Second, "rolledBack", "v" + _serving)]);
        Ledger().ShouldContain($"\"region\":\"{Second}\",\"result\":\"rolledBack\"");
        var report = await File.ReadAllTextAsync(Path.Combine(_checkout.LatestRun(), "report.html"));
        report.ShouldContain($"{Second} was taken back");
        _checkout.RemoteTags()["sandbox"].ShouldBe(CommitOf("v" + _serving));
        foreach (var region in new[] { First, Second })
            Replay
                .Differences(
                    TickLog.Read(
                        await File.ReadAllTextAsync(
                            Path.Combine(_checkout.LatestRun(), "rollout", region, "ticks.ndjson")
                        )
                    )
                )
                .ShouldBeEmpty(region);
    }

    [Test, Order(2)]
    public async Task KilledInTheSecondWave_TheResumedRunGoesOnThere()
    {
        var tag = NextTag();
        var build = _checkout.Start("--target=Deploy", "--version=" + tag);
        await build.UntilStageAsync("Rollout", Patience, $"{Second} (2 of 2) running");
        build.Kill();
        (await _checkout.ServedAsync(First)).ShouldBe([tag[1..]], build.Text);
        var resumed = await _checkout.BuildAsync("--target=Deploy", "--resume");
        resumed.ExitCode.ShouldBe(0, resumed.Text);
        resumed.Text.ShouldContain($"{First} (1 of 2) promoted: this deployment serves already");
        // What the first wave did before the kill is written down all the same.
        Stages("record.json").Take(4).ShouldBe([First, First, First, Second]);
        _serving = tag[1..];
        await ShouldServeAsync(_serving, _serving, resumed.Text);
        _checkout.RemoteTags()["sandbox"].ShouldBe(CommitOf(tag));
    }

    [Test, Order(3)]
    public async Task KilledInTheSecondWave_AbortTakesBackBoth_AndCancelledWritesItDown()
    {
        var build = _checkout.Start("--target=Deploy", "--version=" + NextTag());
        await build.UntilStageAsync("Rollout", Patience, $"{Second} (2 of 2) running");
        build.Kill();
        var abort = await _checkout.BuildAsync("--target=Abort");
        abort.ExitCode.ShouldBe(0, abort.Text);
        abort.Text.ShouldContain($"{First}: v{_serving} serves again, switched in");
        abort.Text.ShouldContain("--target=Cancelled");
        await ShouldServeAsync(_serving, _serving, build.Text + abort.Text);
        var cancelled = await _checkout.BuildAsync("--target=Cancelled");
        cancelled.ExitCode.ShouldBe(0, cancelled.Text);
        await ShouldServeAsync(_serving, _serving, build.Text + cancelled.Text);
    }

    [Test, Order(4)]
    public async Task OneRegionIsRolledOut_AndTheTagWaitsForTheOther()
    {
        var tag = NextTag();
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=" + tag, "--region=" + First);
        run.ExitCode.ShouldBe(0, run.Text);
        await ShouldServeAsync(tag[1..], _serving, run.Text);
        run.Text.ShouldContain($"the tag sandbox stays where it is: v{_serving} serves in {Second}");
        _checkout.RemoteTags()["sandbox"].ShouldBe(CommitOf("v" + _serving));
        Regions("record.json").ShouldBe([(First, "promoted", tag)]);

        var again = await _checkout.BuildAsync("--target=Deploy", "--version=" + tag, "--region=" + First);
        again.ExitCode.ShouldBe(1, again.Text);
        again.Text.ShouldContain("is in service already");

        var status = await _checkout.BuildAsync("--target=Status", "--environment=sandbox");
        status.Text.ShouldContain($"serves {tag} since");
        status.Text.ShouldContain($"serves v{_serving} since");

        var rollback = await _checkout.BuildAsync("--target=Rollback", "--yes", "--reason=orders fail");
        rollback.ExitCode.ShouldBe(0, rollback.Text);
        rollback.Text.ShouldContain($"how, {First}: hot, one traffic switch");
        rollback.Text.ShouldContain($"how, {Second}: already switched");
        await ShouldServeAsync(_serving, _serving, rollback.Text);
    }

    [Test, Order(5)]
    public async Task BothGoBack_AndTheTagWithThem()
    {
        var (before, tag) = (_serving, NextTag());
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=" + tag);
        run.ExitCode.ShouldBe(0, run.Text);
        var rollback = await _checkout.BuildAsync("--target=Rollback", "--yes", "--reason=orders fail");
        rollback.ExitCode.ShouldBe(0, rollback.Text);
        await ShouldServeAsync(before, before, rollback.Text);
        _checkout.RemoteTags()["sandbox"].ShouldBe(CommitOf("v" + before));
    }

    [TestCase("--region=eu-wset", "there is no region \"eu-wset\" in sandbox")]
    [TestCase("--sandbox-fault=crash@ap-south", "there is no region \"ap-south\" in sandbox")]
    public async Task ARegionThatIsNoneIsRefused(string argument, string message)
    {
        var run = await _checkout.BuildAsync("--target=Deploy", argument);
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain(message);
        run.Text.ShouldContain("one of us-east, eu-west");
    }

    private async Task ShouldServeAsync(string first, string second, string text)
    {
        (await _checkout.ServedAsync(First)).ShouldBe([first], text);
        (await _checkout.ServedAsync(Second)).ShouldBe([second], text);
    }

    private IEnumerable<(string Region, string Result, string? Version)> Regions(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(_checkout.LatestRun(), file)))!["regions"]!
            .AsArray()
            .Select(one =>
                (
                    one!["region"]!.GetValue<string>(),
                    one["result"]!.GetValue<string>(),
                    one["version"]?.GetValue<string>()
                )
            );

    /// <summary>The region of each stage that the record has.</summary>
    private IEnumerable<string> Stages(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(_checkout.LatestRun(), file)))!["rollout_stages"]!
            .AsArray()
            .Select(one => one!["region"]!.GetValue<string>());

    /// <summary>The message of the newest entry of the ledger.</summary>
    private string Ledger() =>
        _checkout.Git(
            "-C",
            _checkout.Remote,
            "for-each-ref",
            "--sort=-refname",
            "--count=1",
            "--format=%(contents)",
            "refs/deployments/sandbox"
        );

    private string CommitOf(string tag) => _checkout.Git("rev-parse", tag + "^{commit}").Trim();

    private string NextTag()
    {
        var tag = $"v1.0.{++_version}";
        _checkout.Commit("Change for " + tag);
        _checkout.Tag(tag);
        return tag;
    }
}
