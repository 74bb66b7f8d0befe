using System.Collections.Immutable;
using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

/// <summary>Against a real engine and a real registry, both started here. On a build server they must be there.</summary>
[Category("Docker")]
public class DockerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Redactor Redactor = new();
    private static readonly CommandRunner Runner = new(Redactor, TimeProvider.System);

    private ScratchFolder _folder = null!;
    private LocalDocker _local = null!;
    private Docker _docker = null!;

    [OneTimeSetUp]
    public async Task StartEngineAndRegistry()
    {
        if (LocalDocker.Obstacle() is { } obstacle)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(obstacle);
            Assert.Ignore(obstacle);
        }
        _folder = new ScratchFolder();
        _local = await LocalDocker.StartAsync(
            Runner,
            new DaemonStarter(Redactor, TimeProvider.System),
            _folder.File("d"),
            None
        );
        _docker = new Docker(Runner, _local.Engine);
        _folder.File("context/www/health", "ok");
        File.Copy("/bin/busybox", _folder.File("context/busybox"));
        _folder.File(
            "context/Dockerfile",
            "FROM scratch\nCOPY . /\nARG VERSION\nLABEL version=$VERSION\nENTRYPOINT [\"/busybox\"]\n"
        );
    }

    [OneTimeTearDown]
    public async Task EndThem()
    {
        if (_local is not null)
            await _local.DisposeAsync();
        _folder?.Dispose();
    }

    [Test]
    public async Task KnowsWhetherAnEngineAnswers()
    {
        (await _docker.ServerVersionAsync(None)).ShouldNotBeNullOrEmpty();
        var nowhere = new DockerEngine($"unix://{_folder.File("nothing.sock")}", _local.Engine.ConfigFolder);
        (await new Docker(Runner, nowhere).ServerVersionAsync(None)).ShouldBeNull();
    }

    [Test]
    public async Task PushesAllTagsWithTheDigestThatTheRegistryHolds()
    {
        var tags = await Build("api", "1.0.0", "v1.0.0", "abcdef0");

        var pushed = await _docker.PushAsync(tags, null, None);

        pushed.Reference.ShouldBe($"{_local.Registry}/shop/api@{pushed.Digest}");
        pushed.Bytes.ShouldBeGreaterThan(100_000);
        foreach (var tag in new[] { "v1.0.0", "abcdef0" })
            (await RegistryDigest("shop/api", tag)).ShouldBe(pushed.Digest);
    }

    [Test]
    public async Task NoticesATagThatSomebodyElseMoved()
    {
        var mine = await Build("moved", "1.0.0", "v1");
        var pushed = await _docker.PushAsync(mine, null, None);
        var theirs = await Build("moved", "6.6.6", "v1");
        await _docker.PushAsync(theirs, null, None);

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            _docker.VerifyAsync(mine[0], pushed.Digest, None)
        );

        failure.Expected.ShouldBe(pushed.Digest);
    }

    [Test]
    public async Task RunsStopsAndRemovesAContainerByDigest()
    {
        var pushed = await _docker.PushAsync(await Build("run", "1.0.0", "v1"), null, None);
        var port = FreePort();
        var run = new ContainerRun("slipway-run-test", pushed.Reference)
        {
            Arguments = ["httpd", "-f", "-p", $"127.0.0.1:{port}", "-h", "/www"],
            Network = "host",
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("PLAIN", "a b $(id)"),
            Secrets = ImmutableSortedDictionary<string, Secret>.Empty.Add("TOKEN", new Secret("container-secret")),
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("slipway", "test"),
        };

        var id = await _docker.RunAsync(run, None);

        (await Get($"http://127.0.0.1:{port}/health")).ShouldBe("ok");
        var state = await _docker.InspectAsync(run.Name, None);
        state.ShouldNotBeNull();
        (state.Id, state.IsRunning, state.Image).ShouldBe((id, true, pushed.Reference));
        state.Labels["slipway"].ShouldBe("test");
        (await _docker.ListAsync("slipway", "test", None)).ShouldBe([run.Name]);
        await _docker.StopAsync(run.Name, TimeSpan.FromSeconds(1), None);
        (await _docker.InspectAsync(run.Name, None))!.IsRunning.ShouldBeFalse();
        await _docker.RemoveAsync(run.Name, None);
        await _docker.RemoveAsync(run.Name, None);
        (await _docker.InspectAsync(run.Name, None)).ShouldBeNull();
        DockerCommands
            .Run(_local.Engine, run)
            .Arguments.ShouldAllBe(argument => !argument.Contains("container-secret"));
    }

    [Test]
    public async Task ASecretReachesTheContainerAndItsLogsAreRedacted()
    {
        var tags = await Build("logs", "1.0.0", "v1");
        var run = new ContainerRun("slipway-logs-test", tags[0])
        {
            Arguments = ["sh", "-c", "echo \"length ${#TOKEN}\"; echo $TOKEN >&2"],
            Network = "none",
            Secrets = ImmutableSortedDictionary<string, Secret>.Empty.Add("TOKEN", new Secret("container-secret")),
        };
        await _docker.RunAsync(run, None);
        ContainerState? state = null;
        for (var i = 0; i < 200 && (state is null || state.IsRunning); i++)
            state = await _docker.InspectAsync(run.Name, None);

        var logs = await _docker.LogsAsync(run.Name, 10, None);

        state!.ExitCode.ShouldBe(0);
        logs.ShouldContain("length 16");
        logs.ShouldContain("***");
        logs.ShouldNotContain("container-secret");
        await _docker.RemoveAsync(run.Name, None);
    }

    [Test]
    public async Task ImportsABaseImage()
    {
        Directory.CreateDirectory(_folder.File("base"));
        File.Copy("/bin/busybox", _folder.File("base/busybox"), overwrite: true);
        await TarFile.CreateFromDirectoryAsync(
            _folder.File("base"),
            _folder.File("base.tar"),
            includeBaseDirectory: false
        );

        await _docker.ImportAsync(_folder.File("base.tar"), "slipway/base:1", ["ENTRYPOINT [\"/busybox\"]"], None);
        await _docker.RunAsync(
            new ContainerRun("slipway-import-test", "slipway/base:1") { Arguments = ["true"], Network = "none" },
            None
        );

        (await _docker.InspectAsync("slipway-import-test", None)).ShouldNotBeNull();
        await _docker.RemoveAsync("slipway-import-test", None);
    }

    [Test]
    public async Task ABuildThatFailsCarriesDockersWords()
    {
        _folder.File("broken/Dockerfile", "FROM scratch\nCOPY no-such-file /\n");
        var build = new ImageBuild(_folder.File("broken"), _folder.File("broken/Dockerfile"), ["x/y:1"]);

        var failure = await Should.ThrowAsync<CommandFailedException>(() => _docker.BuildAsync(build, null, None));

        failure.Message.ShouldContain("no-such-file");
    }

    private async Task<ImmutableArray<string>> Build(string name, string version, params string[] tags)
    {
        ImmutableArray<string> references = [.. tags.Select(tag => $"{_local.Registry}/shop/{name}:{tag}")];
        var build = new ImageBuild(_folder.File("context"), _folder.File("context/Dockerfile"), references)
        {
            Arguments = ImmutableSortedDictionary<string, string>.Empty.Add("VERSION", version),
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add(
                "org.opencontainers.image.revision",
                "abcdef0"
            ),
            Network = "none",
        };
        (await _docker.BuildAsync(build, null, None)).ShouldStartWith("sha256:");
        return references;
    }

    private async Task<string> RegistryDigest(string repository, string tag)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Head,
            $"http://{_local.Registry}/v2/{repository}/manifests/{tag}"
        );
        request.Headers.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        using var response = await client.SendAsync(request);
        return response.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }

    private static async Task<string> Get(string url)
    {
        using var client = new HttpClient();
        for (var i = 0; ; i++)
            try
            {
                return await client.GetStringAsync(url);
            }
            catch (HttpRequestException) when (i < 200)
            {
                await Task.Delay(20);
            }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
