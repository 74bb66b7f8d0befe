namespace Slipway.EndToEnd.Tests;

/// <summary>What is typed wrong is refused before anything happens.</summary>
public sealed class WrongArguments
{
    private Checkout _checkout = null!;

    [OneTimeSetUp]
    public async Task Create() => _checkout = await Checkout.CreateAsync();

    [OneTimeTearDown]
    public async Task Remove() => await _checkout.DisposeAsync();

    [Test]
    public async Task AMistypedArgumentIsRefusedWithTheNearest()
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--enviroment=sandbox");
        run.ExitCode.ShouldBe(2);
        run.Text.ShouldContain("did you mean --environment");
        Directory.Exists(_checkout.Runs).ShouldBeFalse();
    }

    [Test]
    public async Task AMistypedTargetIsRefusedWithTheNearest()
    {
        var run = await _checkout.BuildAsync("--target=Deplyo");
        run.ExitCode.ShouldBe(2);
        run.Text.ShouldContain("Deploy");
    }

    [TestCase("v1.2.3;id")]
    [TestCase("../../x/v1.0.0")]
    [TestCase("$(touch pwned)")]
    [TestCase("v1.2.3\nv1.2.4")]
    public async Task AHostileVersionIsRefusedAsData(string version)
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=" + version);
        run.ExitCode.ShouldBe(2, run.Text);
        File.Exists(Path.Combine(_checkout.Root, "pwned")).ShouldBeFalse();
        Directory.Exists(_checkout.Runs).ShouldBeFalse();
    }

    [Test]
    public async Task AnEnvironmentThatLeavesItsFolderIsRefused()
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--environment=../x");
        run.ExitCode.ShouldBe(2, run.Text);
    }

    [Test]
    public async Task ASubProjectThatLeavesTheRepositoryIsRefused()
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--project=../x");
        run.ExitCode.ShouldBe(2, run.Text);
    }

    [Test]
    public async Task ABadEnvironmentFileListsEveryErrorWithItsPath()
    {
        using var checkout = new Scratch(_checkout, "environments/sandbox/environment.json");
        checkout.Replace("\"name\": \"sandbox\"", "\"name\": \"Sandbox!\", \"isProduction\": \"yes\", \"colour\": 1");
        var run = await _checkout.BuildAsync("--target=Deploy");
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("environments/sandbox/environment.json: name:");
        run.Text.ShouldContain("environments/sandbox/environment.json: isProduction:");
        run.Text.ShouldContain("environments/sandbox/environment.json: colour:");
        Directory.Exists(_checkout.Runs).ShouldBeFalse();
    }

    [Test]
    public async Task AHugeEnvironmentFileIsRefused()
    {
        using var checkout = new Scratch(_checkout, "environments/sandbox/environment.json");
        checkout.Write("{\"name\":\"" + new string('x', 10_000_000) + "\"}");
        var run = await _checkout.BuildAsync("--target=Validate");
        run.ExitCode.ShouldNotBe(0);
        run.Text.ShouldContain("environments/sandbox/environment.json");
        run.Text.Length.ShouldBeLessThan(100_000);
    }

    [Test]
    public async Task HalfAnEnvironmentFileIsRefusedWithItsLine()
    {
        using var checkout = new Scratch(_checkout, "environments/sandbox/environment.json");
        checkout.Write("{\n  \"name\": \"sand");
        var run = await _checkout.BuildAsync("--target=Deploy");
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("line 2");
    }

    [Test]
    public async Task ADeploymentToAnEnvironmentWithoutItsCloudSaysWhatIsMissing()
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--environment=dev", "--version=v1.0.0");
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("dev");
        Directory.Exists(_checkout.SandboxRoot).ShouldBeFalse();
    }

    [Test]
    public async Task AnOverrideWithoutAReasonIsRefused()
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--force");
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("--reason");
    }

    /// <summary>Changes one file of the checkout and puts it back.</summary>
    private sealed class Scratch(Checkout checkout, string path) : IDisposable
    {
        private readonly string _file = Path.Combine(checkout.Root, path);
        private readonly string _before = File.ReadAllText(Path.Combine(checkout.Root, path));

        public void Replace(string what, string with)
        {
            _before.ShouldContain(what);
            File.WriteAllText(_file, _before.Replace(what, with, StringComparison.Ordinal));
        }

        public void Write(string text) => File.WriteAllText(_file, text);

        public void Dispose() => File.WriteAllText(_file, _before);
    }
}
