using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.EndToEnd.Tests;

/// <summary>
/// A service gets the secrets that it names and can work with them: auth signs sessions, education checks them, nobody
/// else has the key, and it stands nowhere.
/// </summary>
[Order(2)]
public sealed class SecretsOfServices
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private Checkout _checkout = null!;
    private string _key = "";

    [OneTimeSetUp]
    public async Task Deploy()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _key = await KeyAsync();
        var run = await _checkout.BuildAsync("--target=Deploy");
        run.ExitCode.ShouldBe(0, run.Text);
        run.Text.ShouldNotContain(_key);
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        _http.Dispose();
        await _checkout.DisposeAsync();
    }

    [Test]
    [Order(1)]
    public async Task SignASessionThatAnotherServiceAccepts() => await DemandSignedSessionsAsync();

    [Test]
    [Order(2)]
    public void StandNowhere()
    {
        var value = Encoding.UTF8.GetBytes(_key);
        foreach (var folder in new[] { _checkout.SandboxRoot, _checkout.Runs })
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsText))
            File.ReadAllBytes(file).AsSpan().IndexOf(value).ShouldBe(-1, file);
        foreach (var process in Directory.GetDirectories("/proc").Where(one => char.IsAsciiDigit(one[^1])))
            CommandLine(process).ShouldNotContain(_key);
    }

    [Test]
    [Order(3)]
    public async Task AreThereAgainAfterARepair()
    {
        foreach (var process in Instances())
            process.Kill(entireProcessTree: true);
        var up = await _checkout.BuildAsync("--target=SandboxUp");
        up.ExitCode.ShouldBe(0, up.Text);
        await DemandSignedSessionsAsync();
    }

    [Test]
    [Order(4)]
    public async Task AreRefusedWhenTheyAreNotDeclared()
    {
        const string declared = "\"routes\": [\"/auth\"], \"secrets\": [\"SANDBOX_EXAMPLE_TOKEN\"]";
        const string undeclared = "\"routes\": [\"/auth\"], \"secrets\": [\"ANOTHER\", \"DATABASE_URL\"]";
        _checkout.Replace("environments/sandbox/environment.json", declared, undeclared);
        var run = await _checkout.BuildAsync("--target=ValidateConfiguration");
        // The sandbox is taken down by what stands there.
        _checkout.Replace("environments/sandbox/environment.json", undeclared, declared);
        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain(
            "environments/sandbox/environment.json: services[2].secrets: ANOTHER is not declared, expected a name that stands in secretNames"
        );
        run.Text.ShouldContain("services[2].secrets: DATABASE_URL is set by the pipeline, expected another name");
    }

    private async Task DemandSignedSessionsAsync()
    {
        using var signedIn = await _http.PostAsJsonAsync(
            new Uri(_checkout.PublicUrl(), "/auth/anonymous"),
            new { test_user = true }
        );
        var session = await signedIn.Content.ReadFromJsonAsync<JsonElement>();
        var token = session.GetProperty("token").GetString()!;
        var parts = token.Split('.');
        parts[1].ShouldBe(Signed(parts[0], _key), "signed with the value of secrets.enc");
        (await StatusAsync(token)).ShouldBe(200);
        (await StatusAsync($"{parts[0]}.{Signed(parts[0], "another key")}")).ShouldBe(401);
    }

    private async Task<int> StatusAsync(string token)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(_checkout.PublicUrl(), "/api/education/enrolments")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static string Signed(string text, string key) =>
        Convert
            .ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(text)))
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');

    /// <summary>Set anew for this test: the shipped value stands in the repository's own documents and may be met by chance.</summary>
    private async Task<string> KeyAsync()
    {
        var key = $"hmac_{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
        var set = await Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            ["--target=Secrets", "--environment=sandbox", "--set=SANDBOX_EXAMPLE_TOKEN"],
            _checkout.Environment,
            TimeSpan.FromMinutes(2),
            key
        );
        set.ExitCode.ShouldBe(0, set.Text);
        _checkout.Commit("Another key");
        return key;
    }

    private IEnumerable<System.Diagnostics.Process> Instances() =>
        Directory
            .GetDirectories("/proc")
            .Where(one =>
                char.IsAsciiDigit(one[^1])
                && Variables(one).Contains($"SLIPWAY_INSTANCE_OF={_checkout.SandboxRoot}#", StringComparison.Ordinal)
            )
            .Select(one => System.Diagnostics.Process.GetProcessById(int.Parse(Path.GetFileName(one))));

    private static string Variables(string process) => Read(process, "environ");

    private static string CommandLine(string process) => Read(process, "cmdline");

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended while it was looked at, or is another user's.
        }
    }

    // Sockets and pipes would block.
    private static bool IsText(string file) =>
        new FileInfo(file) is { LinkTarget: null, Attributes: var attributes }
        && !attributes.HasFlag(FileAttributes.Device)
        && !file.EndsWith(".sock", StringComparison.Ordinal)
        && !file.Contains("/postgres/", StringComparison.Ordinal);
}
