using System.Net;
using System.Runtime.Versioning;
using Slipway.EndToEnd.Tests.Faults;

namespace Slipway.EndToEnd.Tests;

/// <summary>
/// A release that brings a service, one that is taken back, and one that leaves it out: the load balancer learns of it
/// while users are at it, and the version that serves loses nothing.
/// </summary>
[Order(3)]
[UnsupportedOSPlatform("windows")]
public sealed class ServicesThatComeAndGo
{
    private static readonly string[] Environments = ["sandbox", "dev", "staging", "production"];

    private readonly HttpClient _http = new();
    private Checkout _checkout = null!;

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        await DeployAsync("1.0.0");
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        _http.Dispose();
        await _checkout.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task OneMore_IsServedAndNobodyLosesARequest()
    {
        Bring();
        await DeployAsync("1.0.1");
        (await StatusAsync("api/notices/items")).ShouldBe(HttpStatusCode.OK);
    }

    [Test, Order(2)]
    public async Task TheVersionBeforeDoesNotHaveIt_AndServesAgainAtOnce()
    {
        await using var probe = new SteadyProbe(_checkout.PublicUrl());
        var back = await _checkout.BuildAsync("--target=Rollback", "--yes", "--reason=a test");
        back.ExitCode.ShouldBe(0, back.Text);
        back.Text.ShouldContain("switched in");
        probe.Read().Failed.ShouldBe(0, $"{probe.Read()}\n{back.Text}");
        (await _checkout.ServedAsync()).ShouldBe(["1.0.0"]);
        (await StatusAsync("api/notices/items")).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Test, Order(3)]
    public async Task OneLess_ServesUntilTheNewVersionHasAllTraffic()
    {
        await DeployAsync("1.0.2");
        Leave();
        _checkout.Commit("Without notices");
        _checkout.WithStagesOf(8);
        await using var probe = new SteadyProbe(_checkout.PublicUrl());
        var build = Start("1.0.3");
        await build.UntilStageAsync("Rollout", TimeSpan.FromMinutes(3), "50 % of the traffic");
        (await StatusAsync("api/notices/items")).ShouldBe(HttpStatusCode.OK, "1.0.2 serves beside it");
        var run = await build.EndAsync(TimeSpan.FromMinutes(5));
        run.ExitCode.ShouldBe(0, run.Text);
        probe.Read().Failed.ShouldBe(0, $"{probe.Read()}\n{run.Text}");
        (await _checkout.ServedAsync()).ShouldBe(["1.0.3"]);
        (await StatusAsync("api/notices/items")).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private void Bring()
    {
        File.WriteAllText(
            Path.Combine(_checkout.Root, "sandbox/services/notices.mjs"),
            File.ReadAllText(Path.Combine(_checkout.Root, "sandbox/services/marketplace.mjs"))
                .Replace("/api/marketplace", "/api/notices", StringComparison.Ordinal)
                .Replace("\"marketplace\"", "\"notices\"", StringComparison.Ordinal)
        );
        foreach (var environment in Environments)
            _checkout.Replace(
                $"environments/{environment}/environment.json",
                "{ \"name\": \"marketplace\", \"healthPath\"",
                Declared + "{ \"name\": \"marketplace\", \"healthPath\""
            );
        // Users ask for it at once: all of that is the candidate's, and no sign of a wrong weight.
        _checkout.Replace(Sandbox, "\"criticalEndpoints\": [", "\"criticalEndpoints\": [" + Asked);
        _checkout.Replace("slipway.json", Web, Built + Web);
    }

    private void Leave()
    {
        foreach (var environment in Environments)
            _checkout.Replace($"environments/{environment}/environment.json", Declared, "");
        _checkout.Replace(Sandbox, Asked, "");
        _checkout.Replace("slipway.json", Built, "");
    }

    private const string Sandbox = "environments/sandbox/environment.json";

    private const string Asked = "\n    { \"name\": \"notices\", \"path\": \"/api/notices/items\" },";

    private const string Declared =
        "{ \"name\": \"notices\", \"healthPath\": \"/api/notices/health\", \"routes\": [\"/api/notices\"] },\n    ";

    private const string Web = "{\n          \"service\": \"web\",";

    private const string Built = """
        {
                  "service": "notices",
                  "context": "sandbox/services",
                  "dockerfile": "sandbox/services/Dockerfile",
                  "prepare": ["npm", "ci", "--omit=dev", "--ignore-scripts"],
                  "start": ["node", "notices.mjs"],
                },
                
        """;

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(_checkout.PublicUrl(), path));
        return answer.StatusCode;
    }

    private RunningBuild Start(string version)
    {
        _checkout.Commit("Version " + version);
        _checkout.Tag("v" + version);
        return _checkout.Start("--target=Deploy", "--version=v" + version);
    }

    private async Task DeployAsync(string version)
    {
        SteadyProbe? probe = version == "1.0.0" ? null : new(_checkout.PublicUrl());
        await using (probe)
        {
            var run = await Start(version).EndAsync(TimeSpan.FromMinutes(5));
            run.ExitCode.ShouldBe(0, run.Text);
            if (probe is not null)
                probe.Read().Failed.ShouldBe(0, $"{probe.Read()}\n{run.Text}");
        }
        (await _checkout.ServedAsync()).ShouldBe([version]);
    }
}
