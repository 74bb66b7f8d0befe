using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Canary;
using Slipway.EndToEnd.Tests;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>A checkout with a sandbox of its own, in which one version serves and the next ones are deployed.</summary>
internal sealed class SandboxProduct : IAsyncDisposable
{
    private const string EnvironmentFile = "environments/sandbox/environment.json";

    private readonly Checkout _checkout;
    private int _version;

    private SandboxProduct(Checkout checkout) => _checkout = checkout;

    public string LatestRun => _checkout.LatestRun();

    /// <summary>Where users come in. Not every run has it in its folder: a rollback brings nothing up.</summary>
    public Uri Url { get; private set; } = null!;

    /// <param name="settings">Text to replace in the sandbox's environment file.</param>
    public static async Task<SandboxProduct> CreateAsync(params (string Pattern, string Replacement)[] settings)
    {
        var product = new SandboxProduct(await Checkout.CreateAsync());
        product.Configure(settings);
        await product.DeployAsync(0);
        product.Url = new(
            product.Read("deploy/outputs.json")["outputs"]!["public_url"]!.GetValue<string>(),
            UriKind.Absolute
        );
        return product;
    }

    public void Configure(params (string Pattern, string Replacement)[] settings)
    {
        var file = Path.Combine(_checkout.Root, EnvironmentFile);
        foreach (var (pattern, replacement) in settings)
        {
            var text = File.ReadAllText(file);
            Regex.IsMatch(text, pattern).ShouldBeTrue(pattern);
            File.WriteAllText(file, Regex.Replace(text, pattern, replacement));
        }
    }

    /// <summary>Deploys the next version to its end.</summary>
    public async Task<Run> DeployAsync(int exitCode, params string[] arguments)
    {
        var run = await Start(arguments).EndAsync(TimeSpan.FromMinutes(10));
        run.ExitCode.ShouldBe(exitCode, run.Text);
        return run;
    }

    /// <summary>Deploys the next version to whatever end it has.</summary>
    public Task<Run> DeployToAnyEndAsync() => Start([]).EndAsync(TimeSpan.FromMinutes(10));

    /// <summary>Begins to deploy the next version, and returns when its rollout has said so much.</summary>
    public async Task<RunningBuild> DeployUntilAsync(string stage, string? said)
    {
        var build = Start([]);
        await build.UntilStageAsync(stage, TimeSpan.FromMinutes(3), said);
        return build;
    }

    /// <summary>Does what a person does from another terminal.</summary>
    public async Task<Run> TypeAsync(params string[] arguments)
    {
        var run = await _checkout.BuildAsync(arguments);
        run.ExitCode.ShouldBe(0, run.Text);
        return run;
    }

    /// <summary>Deploys the next version, and interrupts it as a person would once its rollout has run for so long.</summary>
    public async Task InterruptAfterAsync(TimeSpan rollout, params string[] arguments)
    {
        var build = Start(arguments);
        await build.UntilStageAsync("Rollout", TimeSpan.FromMinutes(2));
        var limit = DateTimeOffset.UtcNow + rollout + TimeSpan.FromMinutes(1);
        while (Ticks().Sum(tick => tick.Seconds) < rollout.TotalSeconds && DateTimeOffset.UtcNow < limit)
            await Task.Delay(TimeSpan.FromSeconds(2));
        await Checkout.RunAsync(
            "kill",
            _checkout.Root,
            ["-INT", build.Id.ToString(CultureInfo.InvariantCulture)],
            _checkout.Environment,
            TimeSpan.FromSeconds(10)
        );
        (await build.EndAsync(TimeSpan.FromMinutes(2))).ExitCode.ShouldBe(130);
    }

    public JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(LatestRun, file)))!;

    /// <summary>Lines of the latest run's tick log that are whole by now.</summary>
    public IReadOnlyList<TickLine> TickLines()
    {
        var file = Path.Combine(LatestRun, TickLog.FileName);
        return File.Exists(file) ? TickLog.Read(File.ReadAllText(file)) : [];
    }

    public IReadOnlyList<CanaryTick> Ticks() =>
        [.. TickLines().Select(line => line.Tick).OfType<CanaryTick>().Where(tick => tick.Stage >= 0)];

    public ValueTask DisposeAsync() => _checkout.DisposeAsync();

    private RunningBuild Start(string[] arguments)
    {
        var tag = $"v1.0.{_version++}";
        _checkout.Commit($"Version {tag}");
        _checkout.Tag(tag);
        return _checkout.Start(["--target=Deploy", "--version=" + tag, .. arguments]);
    }
}
