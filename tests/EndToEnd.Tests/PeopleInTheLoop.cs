using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>People at other terminals, while a deployment runs and afterwards.</summary>
[Order(4)]
public sealed class PeopleInTheLoop
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private Checkout _checkout = null!;
    private string _serving = "1.0.0";
    private int _version;

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _checkout.Tag("v1.0.0");
        (await DeployAsync("v1.0.0").EndAsync(Patience)).ExitCode.ShouldBe(0);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test, Order(1)]
    public async Task NothingCanBePausedWhereNothingRuns()
    {
        var pause = await _checkout.BuildAsync("--target=Pause");
        pause.ExitCode.ShouldBe(1, pause.Text);
        pause.Text.ShouldContain("no deployment to sandbox is under way");
    }

    [Test, Order(2)]
    public async Task PauseHoldsTheWeight_PromoteEndsTheStage_ResumeLetsItGoOn()
    {
        var tag = NextTag();
        var deployment = DeployAsync(tag);
        var watch = _checkout.Start("--target=Status", "--environment=sandbox", "--watch");
        await UntilAsync("running", 0, deployment);
        await AskAsync("paused by", "--target=Pause", "--reason=looking at it");
        State()["phase"]!.GetValue<string>().ShouldBe("paused");
        // Of the stages the request met the first or, on a busy machine, the next.
        var stage = State()["stage"]!.GetValue<int>();

        var status = await _checkout.BuildAsync("--target=Status", "--environment=sandbox");
        status.Text.ShouldContain("PAUSED");
        status.Text.ShouldContain("Rollout, by ");
        var asked = await Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            ["--target=Queue", "--json"],
            _checkout.Environment,
            Patience
        );
        var queue = JsonNode.Parse(asked.Output)!;
        queue["current"]!["name"]!.GetValue<string>().ShouldBe(Path.GetFileName(_checkout.LatestRun()));

        var second = await _checkout.BuildAsync("--target=Deploy");
        second.ExitCode.ShouldBe(12, second.Text);

        await AskAsync("promoted by", "--target=Promote");
        await UntilAsync("paused", stage + 1, deployment);
        await AskAsync("resumed by", "--target=Resume");
        await AskAsync("promoted fully by", "--target=Promote", "--full");
        (await deployment.EndAsync(Patience)).ExitCode.ShouldBe(0, deployment.Text);
        (await watch.EndAsync(Patience)).Text.ShouldContain("paused");
        watch.Text.ShouldContain("ended: " + Path.GetFileName(_checkout.LatestRun()));
        _serving = tag[1..];
        (await ServingAsync()).ShouldBe([_serving]);
    }

    [Test, Order(3)]
    public async Task AbortGivesTheVersionBeforeAllTrafficAtOnce()
    {
        var deployment = DeployAsync(NextTag());
        await UntilAsync("running", 1, deployment);
        var abort = await _checkout.BuildAsync("--target=Abort", "--reason=users complain");
        abort.ExitCode.ShouldBe(0, abort.Text);
        abort.Text.ShouldContain("has all traffic again");
        (await ServingAsync()).ShouldBe([_serving]);
        (await deployment.EndAsync(Patience)).ExitCode.ShouldBe(10, deployment.Text);
        deployment.Text.ShouldContain("aborted by");
        (await ServingAsync()).ShouldBe([_serving]);
    }

    [Test, Order(3)]
    public async Task AbortAfterThePromotion_SwitchesBackAtOnce_AndTheDeploymentSaysWhoAndWhy()
    {
        var tag = NextTag();
        var deployment = DeployAsync(tag);
        await deployment.UntilStageAsync("ProductionValidation", Patience);
        (await ServingAsync()).ShouldBe([tag[1..]]);
        var abort = await _checkout.BuildAsync("--target=Abort", "--reason=orders fail");
        abort.ExitCode.ShouldBe(0, abort.Text);
        abort.Text.ShouldContain($"v{_serving} serves again, switched in");
        (await ServingAsync()).ShouldBe([_serving]);
        (await deployment.EndAsync(Patience)).ExitCode.ShouldBe(10, deployment.Text);
        (await ServingAsync()).ShouldBe([_serving]);
        var record = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_checkout.LatestRun(), "record.json")))!;
        record["status"]!.GetValue<string>().ShouldBe("rolled_back");
        record["failure"]!.GetValue<string>().ShouldContain("aborted by ");
        record["failure"]!.GetValue<string>().ShouldContain(": orders fail");
        _checkout.RemoteTags()["sandbox"].ShouldBe(_checkout.Git("rev-parse", $"v{_serving}^{{commit}}").Trim());
    }

    [Test, Order(3)]
    public async Task AbortAfterThePromotion_OfADeploymentThatDied_IsFoundByCancelled()
    {
        var deployment = DeployAsync(NextTag());
        await deployment.UntilStageAsync("ProductionValidation", Patience);
        deployment.Kill();
        var abort = await _checkout.BuildAsync("--target=Abort", "--reason=its process is gone");
        abort.ExitCode.ShouldBe(0, abort.Text);
        abort.Text.ShouldContain($"v{_serving} serves again, switched in");
        abort.Text.ShouldContain("--target=Cancelled");
        (await ServingAsync()).ShouldBe([_serving]);
        var cancelled = await _checkout.BuildAsync("--target=Cancelled");
        cancelled.ExitCode.ShouldBe(0, cancelled.Text);
        (await ServingAsync()).ShouldBe([_serving]);
    }

    [Test, Order(4)]
    public async Task AnAbortAfterwardsChangesNothingAndNamesTheRollback()
    {
        var serving = await ServingAsync();
        var abort = await _checkout.BuildAsync("--target=Abort");
        abort.ExitCode.ShouldBe(0, abort.Text);
        (await ServingAsync()).ShouldBe(serving);
    }

    [Test, Order(5)]
    public async Task ARollbackThatNobodyConfirmsChangesNothing()
    {
        var serving = await ServingAsync();
        var rollback = await _checkout.BuildAsync("--target=Rollback");
        rollback.ExitCode.ShouldBe(11, rollback.Text);
        rollback.Text.ShouldContain("→ v1.0.0");
        (await ServingAsync()).ShouldBe(serving);
    }

    [Test, Order(6)]
    public async Task ARollbackSwitchesBackHot_MovesTheTag_AndIsWrittenDown()
    {
        var tag = NextTag();
        var deployment = DeployAsync(tag);
        (await deployment.EndAsync(Patience)).ExitCode.ShouldBe(0, deployment.Text);
        var rollback = await _checkout.BuildAsync("--target=Rollback", "--yes", "--reason=orders fail");
        rollback.ExitCode.ShouldBe(0, rollback.Text);
        rollback.Text.ShouldContain("hot, one traffic switch");
        (await ServingAsync()).ShouldBe([_serving]);
        _checkout.RemoteTags()["sandbox"].ShouldBe(_checkout.Git("rev-parse", $"v{_serving}^{{commit}}").Trim());
        var run = _checkout.LatestRun();
        (await File.ReadAllTextAsync(Path.Combine(run, "incident-report.md"))).ShouldContain("orders fail");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "record.json")))!;
        (record["version"]!.GetValue<string>(), record["rollback_from"]!.GetValue<string>()).ShouldBe(
            ("v" + _serving, tag)
        );
        var status = await _checkout.BuildAsync("--target=Status", "--environment=sandbox", "--verify");
        status.ExitCode.ShouldBe(0, status.Text);
        status.Text.ShouldContain($"serves   v{_serving} since");
        status.Text.ShouldContain("back from " + tag);
    }

    [Test, Order(7)]
    public async Task AColdRollbackStartsTheOlderVersionAgain_AndRestoresItsDatabase()
    {
        var rollback = await _checkout.BuildAsync(
            "--target=Rollback",
            "--version=v1.0.0",
            "--restore-database",
            "--yes",
            "--reason=further back"
        );
        rollback.ExitCode.ShouldBe(0, rollback.Text);
        rollback.Text.ShouldContain("cold, it is started again first");
        (await ServingAsync()).ShouldBe(["1.0.0"]);
        var restore = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_checkout.LatestRun(), "restore", "restore.json"))
        )!;
        restore["rowsCompared"]!.GetValue<long>().ShouldBePositive();
        restore["replacedDatabase"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Test, Order(8)]
    public async Task ALedgerThatSomebodyChangedIsFound()
    {
        var entry = _checkout
            .Git("ls-remote", _checkout.Remote, "refs/deployments/sandbox/*")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t')[1])
            .First(name => !name.EndsWith("^{}", StringComparison.Ordinal));
        _checkout.Git("-C", _checkout.Remote, "update-ref", "-d", entry);
        var status = await _checkout.BuildAsync("--target=Status", "--environment=sandbox", "--verify");
        status.ExitCode.ShouldBe(1, status.Text);
        status.Text.ShouldContain("is missing");
    }

    private string NextTag()
    {
        var tag = $"v1.0.{++_version}";
        _checkout.Commit($"Change {tag}");
        _checkout.Tag(tag);
        return tag;
    }

    // Short stages bring about as many requests as a judgement needs at least: not what is looked at here.
    private RunningBuild DeployAsync(string tag) =>
        _checkout.Start("--target=Deploy", "--version=" + tag, "--accept-low-traffic");

    private async Task AskAsync(string answer, params string[] arguments)
    {
        var run = await _checkout.BuildAsync(arguments);
        run.ExitCode.ShouldBe(0, run.Text);
        run.Text.ShouldContain(answer);
    }

    private async Task UntilAsync(string phase, int stage, RunningBuild deployment)
    {
        await deployment.UntilStageAsync("Rollout", Patience);
        var watch = Stopwatch.StartNew();
        while (TryState() is not { } state || Phase(state) != (phase, stage))
        {
            watch.Elapsed.ShouldBeLessThan(Patience, $"the rollout did not come to {phase}: {deployment.Text}");
            await Task.Delay(50);
        }
    }

    private static (string, int) Phase(JsonNode state) =>
        (state["phase"]!.GetValue<string>(), state["stage"]!.GetValue<int>());

    private JsonNode State() => TryState() ?? throw new AssertionException("there is no rollout/state.json");

    private JsonNode? TryState()
    {
        var file = Path.Combine(_checkout.LatestRun(), "rollout", "state.json");
        return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) : null;
    }

    /// <summary>The versions that fifty requests through the load balancer meet; each must be answered.</summary>
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
        for (var request = 0; request < 50; request++)
            versions.Add(JsonNode.Parse(await client.GetStringAsync("api/health"))!["version"]!.GetValue<string>());
        return [.. versions];
    }
}
