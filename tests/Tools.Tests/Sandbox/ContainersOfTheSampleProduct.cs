using System.Net.Http.Json;
using System.Text.Json;
using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>
/// The engine, the registry, the base image and an image of each kind, for real where this machine can run an engine;
/// elsewhere the script has to say so.
/// </summary>
[Parallelizable(ParallelScope.Self)]
public class ContainersOfTheSampleProduct
{
    private readonly LocalCommandRunner _runner = new();
    private SandboxRoot _root = null!;

    [SetUp]
    public void Make() => _root = new SandboxRoot();

    [TearDown]
    public async Task Remove()
    {
        await _root.RunAsync("docker.sh", "down");
        await _root.DisposeAsync();
    }

    [Test]
    public async Task AreBuiltPushedAndRun()
    {
        var up = await _root.RunAsync("docker.sh", "up");
        if (up.ExitCode != 0)
        {
            up.Error.ShouldContain("next: ", customMessage: "a machine without an engine is told what to do");
            return;
        }

        var host = up.Output.Split('\n').Single(line => line.StartsWith("DOCKER_HOST=", StringComparison.Ordinal))[
            12..
        ];
        up.Output.ShouldContain($"REGISTRY=127.0.0.1:{_root.RegistryPort}");
        (await _root.RunAsync("docker.sh", "up")).Output.ShouldBe(up.Output, "up twice is the same");
        (await _root.RunAsync("docker.sh", "status")).ExitCode.ShouldBe(0);
        var made = await _runner.RunAsync(_root.Script("base-image.sh", "up").With("DOCKER_HOST", host));
        made.ExitCode.ShouldBe(0, made.Error);
        var again = await _runner.RunAsync(_root.Script("base-image.sh", "up").With("DOCKER_HOST", host));
        again.Error.ShouldContain("is there");

        var image = $"127.0.0.1:{_root.RegistryPort}/sandbox/web:1.2.3";
        await DockerAsync(host, "build", "--quiet", "--network", "none", "-t", image, Repository.At("sandbox", "web"));
        await DockerAsync(host, "push", "--quiet", image);
        var port = SandboxRoot.FreePort();
        await DockerAsync(
            host,
            [
                "run",
                "-d",
                "--name",
                "web",
                "--network",
                "host",
                "-e",
                $"PORT={port}",
                "-e",
                "SLIPWAY_VERSION=1.2.3",
                image,
            ]
        );

        (await HealthAsync(port)).GetProperty("version").GetString().ShouldBe("1.2.3");
        await DockerAsync(host, "stop", "-t", "10", "web");
        (await DockerAsync(host, "inspect", "-f", "{{.State.ExitCode}}", "web")).Trim().ShouldBe("0");

        (await _root.RunAsync("docker.sh", "down")).ExitCode.ShouldBe(0);
        (await _root.RunAsync("docker.sh", "down")).ExitCode.ShouldBe(0, "down twice is nothing");
    }

    private static async Task<JsonElement> HealthAsync(int port)
    {
        using var client = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await client.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{port}/health"));
            }
            catch (HttpRequestException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task<string> DockerAsync(string host, params string[] arguments) =>
        (await _runner.RunAsync(Command.Of("docker", arguments).In("/").With("DOCKER_HOST", host))).Output;
}
