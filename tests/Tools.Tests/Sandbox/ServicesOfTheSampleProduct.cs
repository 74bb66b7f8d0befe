using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>The contract of an instance, which the router, the judge and the smoke tests rely on.</summary>
public class ServicesOfTheSampleProduct
{
    private SampleProduct _product = null!;

    private static IEnumerable<object[]> Services() =>
        [
            ["api-gateway.mjs", "api_gateway", "/api/health", "/api/catalog"],
            ["auth.mjs", "auth", "/auth/health", "/auth/methods"],
            ["education.mjs", "education", "/api/education/health", "/api/education/courses"],
            ["marketplace.mjs", "marketplace", "/api/marketplace/health", "/api/marketplace/items"],
            ["server.mjs", "web", "/health", "/"],
        ];

    [OneTimeSetUp]
    public async Task Start() => _product = await SampleProduct.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _product.DisposeAsync();

    [TestCaseSource(nameof(Services))]
    public async Task SayWhatTheyAreAndStopWhenAsked(string file, string service, string healthPath, string path)
    {
        var instance = await _product.StartAsync(file);

        foreach (var health in new[] { "/health", healthPath })
        {
            var answer = await instance.JsonAsync(health);
            answer.GetProperty("status").GetString().ShouldBe("healthy", health);
            answer.GetProperty("version").GetString().ShouldBe("1.2.3", health);
            answer.GetProperty("service").GetString().ShouldBe(service, health);
        }

        using (var response = await instance.GetAsync(path))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.GetValues("x-slipway-version").ShouldBe(["1.2.3"]);
        }

        (await instance.StatusAsync("/nothing/here")).ShouldBe(404);
        (await instance.StopAsync()).ShouldBe(0);
    }

    [TestCaseSource(nameof(Services))]
    public async Task ListenOnLoopbackOnly(string file, string service, string healthPath, string path)
    {
        var instance = await _product.StartAsync(file);
        var listening = (await File.ReadAllLinesAsync("/proc/net/tcp"))
            .Concat(await File.ReadAllLinesAsync("/proc/net/tcp6"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts[3] == "0A" && parts[1].EndsWith($":{instance.Port:X4}", StringComparison.Ordinal))
            .Select(parts => parts[1]);
        listening.ShouldBe([$"0100007F:{instance.Port:X4}"], service);
    }

    [Test]
    public async Task TakeThePortThatIsAskedFor()
    {
        var port = ScratchSandbox.FreePort();
        (await _product.StartAsync("server.mjs", ("PORT", $"{port}"))).Port.ShouldBe(port);
    }

    [Test]
    public async Task LetAnAnonymousUserEnrolAndSeeTheCourse()
    {
        var auth = await _product.StartAsync("auth.mjs");
        var education = await _product.StartAsync("education.mjs");
        using var signedIn = await _product.Client.PostAsJsonAsync(
            auth.Url("/auth/anonymous"),
            new { test_user = true }
        );
        var session = await signedIn.Content.ReadFromJsonAsync<JsonElement>();
        var token = session.GetProperty("token").GetString();

        (await AskAsync(HttpMethod.Get, "{}", 200)).GetProperty("enrolments").GetArrayLength().ShouldBe(0);
        await AskAsync(HttpMethod.Post, """{"course":"bread"}""", 201);
        await AskAsync(HttpMethod.Post, """{"course":"bread"}""", 201);
        var seen = (await AskAsync(HttpMethod.Get, "{}", 200)).GetProperty("enrolments");
        seen.GetArrayLength().ShouldBe(1);
        seen[0].GetProperty("title").GetString().ShouldBe("Bread");
        session.GetProperty("user").GetProperty("is_test_user").GetBoolean().ShouldBeTrue();
        session
            .GetProperty("user")
            .GetProperty("expires_at")
            .GetDateTimeOffset()
            .ShouldBeGreaterThan(DateTimeOffset.UtcNow);

        await AskAsync(HttpMethod.Post, """{"course":"'; drop table users; --"}""", 404);
        await AskAsync(HttpMethod.Post, """{"course":"a\u0000b"}""", 400);
        await AskAsync(HttpMethod.Post, """{"course":""", 400);
        await AskAsync(HttpMethod.Post, "[1]", 400);
        await AskAsync(HttpMethod.Post, $$"""{"course":"{{new string('x', 100_000)}}"}""", 413);
        var given = token!;
        token = "not-a-token-that-was-ever-given";
        await AskAsync(HttpMethod.Get, "{}", 401);
        token = given[..^1] + (given[^1] == 'A' ? 'E' : 'A');
        await AskAsync(HttpMethod.Get, "{}", 401);
        education = await _product.StartAsync("education.mjs", ("SANDBOX_EXAMPLE_TOKEN", "another key"));
        token = given;
        await AskAsync(HttpMethod.Get, "{}", 401);

        async Task<JsonElement> AskAsync(HttpMethod method, string body, int status)
        {
            using var request = new HttpRequestMessage(method, education.Url("/api/education/enrolments"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (method == HttpMethod.Post)
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _product.Client.SendAsync(request);
            ((int)response.StatusCode).ShouldBe(status, body.Length > 100 ? body[..100] : body);
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    [TestCase("auth.mjs")]
    [TestCase("education.mjs")]
    public async Task DoNotStartWithoutTheKeyThatSignsSessions(string file)
    {
        var instance = await _product.StartAsync(file, ("SANDBOX_EXAMPLE_TOKEN", ""));
        instance.Port.ShouldBeNull();
        instance.Process.ExitCode.ShouldBe(2);
    }

    [Test]
    public async Task FinishWhatIsUnderWayWhenStopped()
    {
        // Ten times as long as a request takes is not long enough to be caught under way: a client that sends slowly is.
        var instance = await _product.StartAsync("auth.mjs");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, instance.Port!.Value);
        await using var stream = client.GetStream();
        await stream.WriteAsync("POST /auth/anonymous HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{"u8.ToArray());
        await Task.Delay(100);

        var stopped = instance.StopAsync();
        await Task.Delay(200);
        await stream.WriteAsync("}"u8.ToArray());
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 201");
        answer.ToLowerInvariant().ShouldContain("connection: close");
        (await stopped).ShouldBe(0);
    }

    [Test]
    public async Task AnswerARequestThatMeetsTheStopOnAnIdleConnection()
    {
        var instance = await _product.StartAsync("marketplace.mjs");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, instance.Port!.Value);
        await using var stream = client.GetStream();
        var request = "GET /api/marketplace/items HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();
        await stream.WriteAsync(request);
        var buffer = new byte[64 * 1024];
        Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)).ShouldStartWith("HTTP/1.1 200");

        var stopped = instance.StopAsync();
        await Task.Delay(200);
        await stream.WriteAsync(request);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ToLowerInvariant().ShouldContain("connection: close");
        (await stopped).ShouldBe(0);
    }

    [Test]
    public async Task SayUnhealthyWhenTheDatabaseDoesNotAnswer()
    {
        var url = $"postgres://slipway:x@127.0.0.1:{ScratchSandbox.FreePort()}/slipway";
        var instance = await _product.StartAsync("education.mjs", ("DATABASE_URL", url));

        using var response = await instance.GetAsync("/health");
        ((int)response.StatusCode).ShouldBe(503);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        answer.GetProperty("status").GetString().ShouldBe("unhealthy");
        (await instance.StatusAsync("/api/education/courses")).ShouldBe(500);
        (await instance.StopAsync()).ShouldBe(0);
    }

    [TestCase("PORT", "http")]
    [TestCase("PORT", "70000")]
    [TestCase("SLIPWAY_VERSION", "v1.2.3")]
    [TestCase("SLIPWAY_FAULT", "errors")]
    [TestCase("SLIPWAY_FAULT", "errors:5")]
    [TestCase("SLIPWAY_FAULT", "errors:500%")]
    [TestCase("SLIPWAY_FAULT", "errors:-5%")]
    [TestCase("SLIPWAY_FAULT", "latency:50%")]
    [TestCase("SLIPWAY_FAULT", "latency-tail:p99x0.5")]
    [TestCase("SLIPWAY_FAULT", "crash:soon")]
    [TestCase("SLIPWAY_FAULT", "broken-migration")]
    [TestCase("SLIPWAY_FAULT", "shared-outage")]
    [TestCase("SLIPWAY_FAULT", "Errors:5%")]
    [TestCase("SLIPWAY_FAULT", " errors:5%")]
    [TestCase("SLIPWAY_FAULT", "errors:5%\n")]
    public async Task RefuseASettingThatIsNone(string name, string value)
    {
        var instance = await _product.StartAsync("server.mjs", (name, value));
        (await instance.ExitAsync()).ShouldBe(2);
        (await instance.LogAsync()).ShouldContain(name);
    }

    [Test]
    public async Task RefuseToStartWithoutADatabase()
    {
        var instance = await _product.StartAsync("auth.mjs", ("DATABASE_URL", ""));
        (await instance.ExitAsync()).ShouldBe(2);
        (await instance.LogAsync()).ShouldContain("DATABASE_URL is not set");
    }

    [Test]
    public async Task SurviveABrokenMigrationWithTheSchemaAsItWas()
    {
        var folder = _product.Root.At("broken");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Repository.At("sandbox", "migrations")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        foreach (var file in Directory.EnumerateFiles(Repository.At("sandbox", "faults", "migrations")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var instance = await _product.StartAsync("education.mjs");

        var result = await _product.MigrateAsync(folder);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("a_table_that_does_not_exist");
        (await instance.StatusAsync("/api/education/courses")).ShouldBe(200);
        (await _product.MigrateAsync(Repository.At("sandbox", "migrations"))).ExitCode.ShouldBe(0);
    }
}
