using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>With a Docker engine: images are built, pushed and run by digest, and a second version is rolled out beside the first.</summary>
[Order(4)]
public sealed class ContainersInTheSandbox
{
    private Checkout _checkout = null!;
    private string _port = "";
    private string _host = "";

    [OneTimeSetUp]
    public async Task StartAnEngine()
    {
        // Elsewhere the suite does not start a daemon behind a user's back; continuous integration always runs this.
        Assume.That(
            Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("CI") == "true",
            "starting an engine of one's own needs root"
        );
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        Directory.CreateDirectory(_checkout.SandboxRoot);
        _port = FreePort().ToString(CultureInfo.InvariantCulture);
        var up = await DockerAsync("up");
        up.ExitCode.ShouldBe(0, up.Text);
        _host = up.Output.Split('\n').First(line => line.StartsWith("DOCKER_HOST=", StringComparison.Ordinal))[
            "DOCKER_HOST=".Length..
        ];
        _checkout.Replace("environments/sandbox/environment.json", "127.0.0.1:5000", "127.0.0.1:" + _port);
        _checkout.Commit("The registry of this machine");
    }

    [OneTimeTearDown]
    public async Task StopIt()
    {
        if (_checkout is null)
            return;
        var down = await RunAsync("--target=SandboxDown", "--engine=docker");
        (await DockerAsync("down")).ExitCode.ShouldBe(0, down.Text);
        await _checkout.DisposeAsync();
    }

    [Test]
    public async Task ServeByDigestAndAreReplacedStepByStep()
    {
        _checkout.Tag("v1.0.0");
        var first = await RunAsync("--target=Deploy", "--engine=docker", "--version=v1.0.0");
        first.ExitCode.ShouldBe(0, first.Text);
        _checkout.Commit("Another version");
        _checkout.Tag("v1.1.0");
        var second = await RunAsync("--target=Deploy", "--engine=docker", "--version=v1.1.0");
        second.ExitCode.ShouldBe(0, second.Text);

        var run = _checkout.LatestRun();
        var images = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "build", "images.json")))![
            "images"
        ]!.AsArray();
        images.Count.ShouldBe(5);
        foreach (var image in images)
        {
            image!["kind"]!.GetValue<string>().ShouldBe("docker");
            image["reference"]!.GetValue<string>().ShouldEndWith("@" + image["digest"]!.GetValue<string>());
        }
        var stages = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "rollout", "rollout.json")))![
            "stages"
        ]!.AsArray();
        stages.Select(stage => stage!["trafficPercentage"]!.GetValue<int>()).ShouldBe([5, 50, 100]);
    }

    private Task<Run> RunAsync(params string[] arguments) =>
        Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            arguments,
            _checkout.Environment.SetItem("DOCKER_HOST", _host),
            TimeSpan.FromMinutes(5)
        );

    private Task<Run> DockerAsync(string verb) =>
        Checkout.RunAsync(
            Path.Combine(_checkout.Root, "sandbox", "cloud", "docker.sh"),
            _checkout.Root,
            [verb],
            _checkout.Environment.SetItem("SLIPWAY_REGISTRY_PORT", _port),
            TimeSpan.FromMinutes(2)
        );

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
