namespace Slipway.EndToEnd.Tests;

/// <summary>The target Secrets as a user types it, and what a deployment does with a file that is not as declared.</summary>
[Order(1)]
public sealed class SecretsOfAnEnvironment
{
    private const string Value = "tk_5f8d4abb3b973c3afd00175b39600f15";
    private const string File = "environments/sandbox/secrets.enc";

    private Checkout _checkout = null!;

    [SetUp]
    public async Task Create() => _checkout = await Checkout.CreateAsync();

    [TearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test]
    public async Task AreCheckedWithoutAKey()
    {
        var run = await _checkout.BuildAsync("--target=Secrets");
        run.ExitCode.ShouldBe(0, run.Text);
        foreach (var environment in new[] { "dev", "staging", "production", "sandbox" })
            run.Text.ShouldContain(environment + ": ");
        (await _checkout.BuildAsync("--target=ValidateSecrets")).ExitCode.ShouldBe(0);
    }

    [Test]
    public async Task AreMadeSetTakenOutAndEncryptedAnew()
    {
        Declare("SANDBOX_EXAMPLE_TOKEN", "OTHER");
        (await SecretsAsync("", "--init")).ExitCode.ShouldBe(2, "what is there is not lost by mistake");
        await DoneAsync("--init", "--force", "--reason=our own");
        var incomplete = await SecretsAsync();
        incomplete.ExitCode.ShouldBe(2);
        incomplete.Text.ShouldContain("OTHER: is missing");

        (await SecretsAsync(Value, "--set=SANDBOX_EXAMPLE_TOKEN")).ExitCode.ShouldBe(0);
        (await SecretsAsync("another value\n", "--set=OTHER")).ExitCode.ShouldBe(0);
        var before = Lines();
        before["OTHER"].ShouldNotContain("another value");
        var same = await SecretsAsync("another value", "--set=OTHER");
        same.Text.ShouldContain("has this value already");
        (await SecretsAsync("a third", "--set=OTHER")).ExitCode.ShouldBe(0);
        Lines()["SANDBOX_EXAMPLE_TOKEN"].ShouldBe(before["SANDBOX_EXAMPLE_TOKEN"]);
        Lines()["OTHER"].ShouldNotBe(before["OTHER"]);
        await DoneAsync("--rotate");
        Lines()["SANDBOX_EXAMPLE_TOKEN"].ShouldNotBe(before["SANDBOX_EXAMPLE_TOKEN"]);
        (await DoneAsync("--names")).Text.ShouldContain("OTHER\nSANDBOX_EXAMPLE_TOKEN\n");
        await DoneAsync();

        var removed = await DoneAsync("--remove=OTHER");
        removed.Text.ShouldContain("still to do");
        Lines().ShouldNotContainKey("OTHER");
    }

    [TestCase("--set=SANDBOX_EXAMPLE_TOKEN=" + Value)]
    [TestCase("--set", "SANDBOX_EXAMPLE_TOKEN=" + Value)]
    [TestCase("--set", "SANDBOX_EXAMPLE_TOKEN", Value)]
    [TestCase("--set=" + Value)]
    public async Task AValueOnTheCommandLineIsRefusedAndNotRepeated(params string[] arguments)
    {
        var before = System.IO.File.ReadAllText(Path.Combine(_checkout.Root, File));
        var run = await SecretsAsync("", arguments);
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldNotContain(Value);
        System.IO.File.ReadAllText(Path.Combine(_checkout.Root, File)).ShouldBe(before);
    }

    [Test]
    public async Task AMissingOneStopsADeploymentBeforeAnythingIsThere()
    {
        Declare("SANDBOX_EXAMPLE_TOKEN", "OTHER");
        _checkout.Commit("Needs another secret");
        var run = await _checkout.BuildAsync("--target=Deploy");
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("OTHER: is missing");
        run.Text.ShouldContain("--set=NAME");
        Directory.Exists(_checkout.Runs).ShouldBeFalse();
        Directory.Exists(_checkout.SandboxRoot).ShouldBeFalse();
    }

    [Test]
    public async Task SoDoesAMissingKey()
    {
        System.IO.File.Delete(Path.Combine(_checkout.Root, "environments/sandbox/sandbox.agekey"));
        var run = await _checkout.BuildAsync("--target=Deploy");
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("SOPS_AGE_KEY");
        Directory.Exists(_checkout.Runs).ShouldBeFalse();
        Directory.Exists(_checkout.SandboxRoot).ShouldBeFalse();
    }

    private Dictionary<string, string> Lines() =>
        System
            .IO.File.ReadLines(Path.Combine(_checkout.Root, File))
            .Select(line => line.Split('"'))
            .Where(parts => parts.Length > 3 && parts[0] == "\t")
            .ToDictionary(parts => parts[1], parts => parts[3], StringComparer.Ordinal);

    private void Declare(params string[] names)
    {
        var file = Path.Combine(_checkout.Root, "environments/sandbox/environment.json");
        const string declared = "\"secretNames\": [\"SANDBOX_EXAMPLE_TOKEN\"]";
        var text = System.IO.File.ReadAllText(file);
        text.ShouldContain(declared);
        System.IO.File.WriteAllText(
            file,
            text.Replace(
                declared,
                $"\"secretNames\": [{string.Join(", ", names.Select(name => $"\"{name}\""))}]",
                StringComparison.Ordinal
            )
        );
    }

    private async Task<Run> DoneAsync(params string[] arguments)
    {
        var run = await SecretsAsync("", arguments);
        run.ExitCode.ShouldBe(0, run.Text);
        return run;
    }

    private Task<Run> SecretsAsync() => SecretsAsync("");

    private Task<Run> SecretsAsync(string input, params string[] arguments) =>
        Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            ["--target=Secrets", "--environment=sandbox", .. arguments],
            _checkout.Environment,
            TimeSpan.FromMinutes(2),
            input
        );
}
