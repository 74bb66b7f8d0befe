using System.Text.Json.Nodes;
using Slipway.EndToEnd.Tests.Faults;

namespace Slipway.EndToEnd.Tests;

/// <summary>Deployments that somebody else, a death, or the machine they run on gets in the way of.</summary>
[Order(5)]
public sealed class InterruptedDeployments
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private Checkout _checkout = null!;
    private int _version;
    private string _serving = "";

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _serving = Next();
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=v" + _serving);
        run.ExitCode.ShouldBe(0, run.Text);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test]
    public async Task ASecondOneIsRefused_AndAKilledOneIsAborted_ThenResumed()
    {
        var version = Next();
        var build = await UntilHalfTheTrafficAsync(version);
        var second = await _checkout.BuildAsync("--target=Deploy", "--version=v" + version);
        second.ExitCode.ShouldBe(12, second.Text);
        second.Text.ShouldContain($"process {build.Id}, since ");
        second.Text.ShouldContain("wait for it, or end it");
        build.Kill();

        var abort = await _checkout.BuildAsync("--target=Abort");
        abort.ExitCode.ShouldBe(0, abort.Text);
        (await _checkout.ServedAsync()).ShouldBe([_serving], build.Text + abort.Text);
        Directory.Exists(Path.Combine(_checkout.LatestRun(), "rollout", "requests")).ShouldBeFalse(abort.Text);

        var resumed = await _checkout.BuildAsync("--target=Deploy", "--resume");
        resumed.ExitCode.ShouldBe(0, resumed.Text);
        (await _checkout.ServedAsync()).ShouldBe([version]);
        _serving = version;
    }

    [Test]
    public async Task AnAbortFromAnotherTerminal_EndsARolloutUnderWay()
    {
        _checkout.WithStagesOf(60);
        var build = await UntilHalfTheTrafficAsync(Next(), "5 % of the traffic");
        _checkout.WithShortStages();
        var abort = await _checkout.BuildAsync("--target=Abort");
        abort.ExitCode.ShouldBe(0, abort.Text);
        var run = await build.EndAsync(Patience);
        run.ExitCode.ShouldBe(10, run.Text);
        run.Text.ShouldContain("aborted by");
        (await _checkout.ServedAsync()).ShouldBe([_serving], run.Text);
    }

    [Test]
    public async Task AKilledOne_IsConcludedByCancelled_Once()
    {
        var build = await UntilHalfTheTrafficAsync(Next());
        build.Kill();
        var cancelled = await _checkout.BuildAsync("--target=Cancelled");
        cancelled.ExitCode.ShouldBe(0, cancelled.Text);
        (await _checkout.ServedAsync()).ShouldBe([_serving], build.Text + cancelled.Text);
        var record = Path.Combine(_checkout.LatestRun(), "record.json");
        JsonNode.Parse(await File.ReadAllTextAsync(record))!["status"]!.GetValue<string>().ShouldBe("cancelled");
        var history = _checkout.Git("ls-remote", _checkout.Remote, "refs/deployments/*");

        var again = await _checkout.BuildAsync("--target=Cancelled");
        again.ExitCode.ShouldBe(0, again.Text);
        again.Text.ShouldContain("was recorded as cancelled before");
        _checkout.Git("ls-remote", _checkout.Remote, "refs/deployments/*").ShouldBe(history);
    }

    [Test]
    public async Task AFullDisk_IsNamed_AndUsersNoticeNothing()
    {
        var version = Next();
        var full = Path.Combine(_checkout.SandboxRoot, "full");
        Directory.CreateDirectory(full);
        await using var probe = new SteadyProbe(_checkout.PublicUrl());
        // A file system of its own, small, that only this run sees.
        var run = await Checkout.RunAsync(
            "unshare",
            _checkout.Root,
            [
                "--mount",
                "bash",
                "-c",
                "mount -t tmpfs -o size=96k slipway-full \"$1\" && shift && exec \"$@\"",
                "bash",
                full,
                "./build.sh",
                "--target=Deploy",
                "--version=v" + version,
            ],
            _checkout.Environment.SetItem("DEPLOYMENT_LOG_DIR", full),
            Patience
        );
        run.ExitCode.ShouldBe(1, run.Text);
        run.Text.ShouldContain("the disk is full");
        run.Text.ShouldContain("make room");
        var report = probe.Read();
        report.Failed.ShouldBe(0, $"{report}\n{run.Text}");
        (await _checkout.ServedAsync()).ShouldBe([_serving], run.Text);
    }

    [Test]
    public async Task ADatabaseThatDiesInTheRollout_IsNotTheCandidatesFault()
    {
        var version = Next();
        var build = await UntilHalfTheTrafficAsync(version);
        Injection.EndDatabase(_checkout);
        var run = await build.EndAsync(Patience);
        run.Text.ShouldContain("the database had died and was started again");
        run.ExitCode.ShouldBe(0, run.Text);
        (await _checkout.ServedAsync()).ShouldBe([version], run.Text);
        _serving = version;
    }

    /// <summary>The router gives its requests to the candidate then, whatever the weight: no comparison, and nobody's fault.</summary>
    [Test]
    public async Task AStableInstanceThatHangs_HoldsTheRollout_IsNamed_AndTheRolloutGoesOn()
    {
        // The router believes it once two checks have had no answer for 3 s each.
        _checkout.WithStagesOf(20);
        _checkout.ServedBefore = _serving;
        var version = Next();
        var build = await UntilHalfTheTrafficAsync(version);
        _checkout.WithShortStages();
        using (Injection.Hang(_checkout, "auth"))
            await build.UntilStageAsync("Rollout", Patience, "no stable instance of auth answers the router");
        var run = await build.EndAsync(Patience);
        run.ExitCode.ShouldBe(0, run.Text);
        (await _checkout.ServedAsync()).ShouldBe([version], run.Text);
        _serving = version;
    }

    [Test]
    public async Task APowerCutInTheRollout_LeavesTheVersionBefore_AndIsResumed()
    {
        var version = Next();
        var build = await UntilHalfTheTrafficAsync(version);
        Injection.EndEverything(_checkout, build);
        var up = await _checkout.BuildAsync("--target=SandboxUp");
        up.ExitCode.ShouldBe(0, up.Text);
        (await _checkout.ServedAsync()).ShouldBe([_serving], build.Text + up.Text);

        var resumed = await _checkout.BuildAsync("--target=Deploy", "--resume", "--version=v" + version);
        resumed.ExitCode.ShouldBe(0, resumed.Text);
        (await _checkout.ServedAsync()).ShouldBe([version], resumed.Text);
        _serving = version;
    }

    [Test]
    public async Task AnOutageThatHitsBothVersions_IsNobodysFault_AndADeadDatabaseComesBack()
    {
        var version = Next();
        var build = _checkout.Start("--target=Deploy", "--version=v" + version, "--sandbox-fault=shared-outage");
        await build.UntilStageAsync("PreDeploymentChecks", Patience);
        Injection.EndDatabase(_checkout);
        var run = await build.EndAsync(Patience);
        run.Text.ShouldContain("the database had died and was started again");
        if (run.ExitCode == 1)
        {
            // The backup met the dead database: it says so, nothing was changed, and the same run goes on.
            run.Text.ShouldContain("Backup failed");
            run = await _checkout.BuildAsync("--target=Deploy", "--resume", "--version=v" + version);
        }
        run.ExitCode.ShouldBe(0, run.Text);
        run.Text.ShouldContain("injected: what both versions share has failed");
        (await _checkout.ServedAsync()).ShouldBe([version], run.Text);
        var rollout = Path.Combine(_checkout.LatestRun(), "rollout", "ticks.ndjson");
        (await File.ReadAllLinesAsync(rollout)).ShouldContain(
            line => line.Contains("\"hold\"", StringComparison.OrdinalIgnoreCase),
            run.Text
        );
        _serving = version;
    }

    private async Task<RunningBuild> UntilHalfTheTrafficAsync(string version, string says = "50 % of the traffic")
    {
        var build = _checkout.Start("--target=Deploy", "--version=v" + version);
        await build.UntilStageAsync("Rollout", Patience, says);
        return build;
    }

    private string Next()
    {
        var version = $"1.0.{++_version}";
        _checkout.Commit("Change for " + version);
        _checkout.Tag("v" + version);
        return version;
    }
}
