using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>All five services behind a real router, seen through a real browser: what ProductionValidation does.</summary>
[Parallelizable(ParallelScope.Self)]
public class TheWholeProduct
{
    private static readonly (string Backend, string File, string Route)[] _services =
    [
        ("education", "education.mjs", "/api/education"),
        ("marketplace", "marketplace.mjs", "/api/marketplace"),
        ("gateway", "api-gateway.mjs", "/api"),
        ("auth", "auth.mjs", "/auth"),
        ("web", "server.mjs", "/"),
    ];

    private SampleProduct _product = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _product = await SampleProduct.StartAsync();
        var rules = new List<string>();
        var backends = new List<string>();
        foreach (var (backend, file, route) in _services)
        {
            var instance = await _product.StartAsync(file);
            rules.Add($"  use_backend {backend} if {{ path_beg {route} }}");
            backends.Add($"backend {backend}\n  server only 127.0.0.1:{instance.Port}");
        }

        _product.Root.WriteRouter(string.Join('\n', rules) + "\n" + string.Join('\n', backends) + "\n");
        (await _product.Root.RunAsync("haproxy.sh", "up")).ExitCode.ShouldBe(0);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _product.DisposeAsync();

    [Test]
    public async Task PassesItsFlows()
    {
        var report = await RunAsync("1.2.3", skipDataCleanup: true);

        report
            .Flows.Select(flow => $"{flow.FlowFileName}: {flow.ExitCode} {flow.Detail}")
            .ShouldAllBe(text => text.Contains(": 0 "));
        report.Flows.Length.ShouldBe(4);
        report.Flows.ShouldAllBe(flow => flow.ArtifactPaths.Any(path => path.EndsWith(".png")));
    }

    [Test]
    public async Task FailsTheFlowThatLooksForAnotherVersion()
    {
        var report = await RunAsync("9.9.9", skipDataCleanup: false);

        report
            .Flows.Where(flow => flow.ExitCode != 0)
            .ShouldHaveSingleItem()
            .FlowFileName.ShouldBe("version-and-health.yml");
        report.Passed.ShouldBeFalse();
    }

    private Task<FlowReport> RunAsync(string version, bool skipDataCleanup) =>
        new Slipway.Tools.Maestro(new LocalCommandRunner(), Repository.NpmProgram("maestro-runner")).RunAsync(
            new FlowRun(
                FlowPlatform.Web,
                Repository.At(".maestro"),
                _product.Root.At("validation"),
                _product.Root.Path,
                new Uri($"http://127.0.0.1:{_product.Root.HttpPort}/"),
                version
            )
            {
                SkipDataCleanup = skipDataCleanup,
                Timeout = TimeSpan.FromMinutes(2),
            }
        );
}
