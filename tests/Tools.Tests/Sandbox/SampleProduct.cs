using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>The sample product as the pipeline would run it: a bundle with its packages, a migrated database, instances as processes.</summary>
internal sealed class SampleProduct : IAsyncDisposable
{
    private readonly LocalCommandRunner _runner = new();
    private readonly List<Instance> _instances = [];

    public ScratchSandbox Root { get; } = new();

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    private string Services => Root.At("bundle", "services");

    private string Web => Root.At("bundle", "web");

    public static async Task<SampleProduct> StartAsync()
    {
        var product = new SampleProduct();
        Copy(Repository.At("sandbox", "services"), product.Services);
        Copy(Repository.At("sandbox", "web"), product.Web);
        await product._runner.RunAsync(
            Command.Of("npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund").In(product.Services)
        );
        (await product.Root.RunAsync("postgres.sh", "up")).ExitCode.ShouldBe(0);
        (await product.MigrateAsync(Repository.At("sandbox", "migrations"))).ExitCode.ShouldBe(0);
        return product;
    }

    /// <summary>Exit 2: a migration failed.</summary>
    public Task<CommandResult> MigrateAsync(string folder) =>
        _runner.RunAsync(
            Command
                .Of(
                    Repository.NpmProgram("dbmate"),
                    "--no-dump-schema",
                    "--migrations-dir",
                    folder,
                    "migrate",
                    "--strict"
                )
                .In("/")
                .With("DATABASE_URL", Root.DatabaseUrl) with
            {
                SuccessExitCodes = [0, 2],
            }
        );

    /// <summary>Starts an instance and waits until its port file is there, or it has ended.</summary>
    public async Task<Instance> StartAsync(string file, params (string Name, string Value)[] settings)
    {
        var web = file == "server.mjs";
        var portFile = Root.At($"{Guid.NewGuid():N}.port");
        var start = new ProcessStartInfo("node", [file])
        {
            WorkingDirectory = web ? Web : Services,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["SLIPWAY_VERSION"] = "1.2.3";
        start.Environment["SLIPWAY_PORT_FILE"] = portFile;
        start.Environment["DATABASE_URL"] = Root.DatabaseUrl;
        start.Environment["SANDBOX_EXAMPLE_TOKEN"] = "signs the sessions of this test";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var instance = new Instance(System.Diagnostics.Process.Start(start)!, Client);
        _instances.Add(instance);
        var limit = Stopwatch.StartNew();
        while (!File.Exists(portFile) && !instance.Process.HasExited && limit.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(10);
        if (File.Exists(portFile))
            instance.Port = int.Parse(await File.ReadAllTextAsync(portFile));
        return instance;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
            instance.Dispose();
        Client.Dispose();
        await Root.DisposeAsync();
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(from, file);
            if (path.Split(Path.DirectorySeparatorChar)[0] == "node_modules")
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, path))!);
            File.Copy(file, Path.Combine(to, path));
        }
    }
}

/// <summary>One running instance.</summary>
internal sealed class Instance : IDisposable
{
    private readonly HttpClient _client;
    private readonly Task<string> _log;

    public Instance(System.Diagnostics.Process process, HttpClient client)
    {
        Process = process;
        _client = client;
        _log = process.StandardError.ReadToEndAsync();
    }

    public System.Diagnostics.Process Process { get; }

    public int? Port { get; set; }

    public Uri Url(string path) => new($"http://127.0.0.1:{Port}{path}");

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(Url(path));

    public async Task<JsonElement> JsonAsync(string path)
    {
        using var response = await GetAsync(path);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<int> StatusAsync(string path)
    {
        using var response = await GetAsync(path);
        return (int)response.StatusCode;
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{Process.Id}"]))
            await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await Process.WaitForExitAsync(limit.Token);
        return Process.ExitCode;
    }

    /// <summary>What it said; only once it has ended.</summary>
    public Task<string> LogAsync() => _log;

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.WaitForExit(5000);
        Process.Dispose();
    }
}
