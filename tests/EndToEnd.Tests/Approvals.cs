using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>An environment that asks a person before a deployment, and before a stage of its rollout.</summary>
[Order(5)]
public sealed class Approvals
{
    private const string Settings = "environments/sandbox/environment.json";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private Checkout _checkout = null!;
    private string _key = "";

    [OneTimeSetUp]
    public async Task AskBeforeADeployment()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _checkout.Replace(Settings, "\"name\": \"sandbox\",", "\"name\": \"sandbox\", \"requiresApproval\": true,");
        // Where people are asked, the key is not in the repository.
        var file = Path.Combine(_checkout.Root, "environments", "sandbox", "sandbox.agekey");
        _key = (await File.ReadAllLinesAsync(file)).Single(line =>
            line.StartsWith("AGE-SECRET-KEY-", StringComparison.Ordinal)
        );
        File.Delete(file);
        _checkout.Commit("Ask before a deployment");
        _checkout.Tag("v1.0.0");
    }

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test, Order(1)]
    public async Task NothingIsBuiltOrTouchedBeforeAPersonSaidYes_AndTheYesStandsInTheRun()
    {
        var unasked = await Start("--target=Deploy").EndAsync(Patience);
        unasked.ExitCode.ShouldBe(11, unasked.Text);
        unasked.Text.ShouldContain("needs a person's approval");
        var run = _checkout.LatestRun();
        Directory.Exists(Path.Combine(run, "build")).ShouldBeFalse();
        File.Exists(Path.Combine(run, "checks.json")).ShouldBeFalse();

        var approved = await Start("--target=Deploy", "--resume", "--yes", "--reason=we agreed on it")
            .EndAsync(Patience);
        approved.ExitCode.ShouldBe(0, approved.Text);
        _checkout.LatestRun().ShouldBe(run);
        var checks = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "checks.json")))![
            "checks"
        ]!.AsArray();
        checks.Single(check => check!["name"]!.GetValue<string>() == "approval")!["detail"]!
            .GetValue<string>()
            .ShouldContain("we agreed on it");
    }

    [Test, Order(2)]
    public async Task AStageWaitsUntilItIsPromotedFromAnotherTerminal()
    {
        _checkout.Replace(Settings, "\"requiresApproval\": true,", "");
        _checkout.Replace(
            Settings,
            "\"name\": \"progressive\",",
            "\"name\": \"progressive\", \"requiresApproval\": true,"
        );
        _checkout.Commit("Ask before a stage");
        _checkout.Tag("v1.1.0");
        var deployment = Start("--target=Deploy", "--version=v1.1.0", "--accept-low-traffic");
        await deployment.UntilStageAsync("Rollout", Patience, "waits for an approval");
        var promote = await Start("--target=Promote", "--reason=looks well").EndAsync(Patience);
        promote.ExitCode.ShouldBe(0, promote.Text);
        promote.Text.ShouldContain("approved by");
        var ended = await deployment.EndAsync(Patience);
        ended.ExitCode.ShouldBe(0, ended.Text);
        var rollout = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_checkout.LatestRun(), "rollout", "rollout.json"))
        )!;
        rollout["stages"]![1]!["approval"]!["reason"]!.GetValue<string>().ShouldBe("looks well");
    }

    private RunningBuild Start(params string[] arguments) =>
        new(_checkout, arguments, new Dictionary<string, string> { ["SOPS_AGE_KEY"] = _key });
}
