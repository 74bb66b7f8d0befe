using System.Net;
using Slipway.Environments;
using Slipway.Smoke;
using Slipway.Tools.Tests.Haproxy;

namespace Slipway.Tools.Tests.Health;

public class HealthCheckTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [TestCase(200, """{"status":"healthy","version":"1.2.3"}""", true, "healthy")]
    [TestCase(200, """{"version":"v1.2.3","status":"healthy","more":[1]}""", true, "healthy")]
    [TestCase(200, """{"status":"healthy","version":"1.2.4"}""", false, "says version 1.2.4, expected 1.2.3")]
    [TestCase(200, """{"status":"healthy"}""", false, "says version nothing, expected 1.2.3")]
    [TestCase(
        200,
        """{"status":"degraded","version":"1.2.3"}""",
        false,
        "says its status is \"degraded\", not \"healthy\""
    )]
    [TestCase(503, """{"status":"unhealthy","version":"1.2.3"}""", false, "answers 503, status \"unhealthy\"")]
    [TestCase(404, "nothing here", false, "answers 404")]
    [TestCase(204, "", false, "answers 204")]
    [TestCase(200, "{\"status\":\"heal", false, "answers 200 without a status in JSON")]
    [TestCase(200, "[\"healthy\"]", false, "answers 200 without a status in JSON")]
    [TestCase(200, "{\"status\":7}", false, "answers 200 without a status in JSON")]
    [TestCase(
        200,
        "{\"status\":\"a\\nb\\u001b[31m\"}",
        false,
        "says its status is a text of 8 characters, not \"healthy\""
    )]
    [TestCase(
        500,
        "{\"status\":\"cannot reach postgres://app:hunter2222@db/app\",\"version\":\"1.2.3\"}",
        false,
        "answers 500, status a text of 45 characters"
    )]
    [TestCase(
        200,
        "{\"status\":\"healthy\",\"version\":\"postgres://app:hunter2222@db/app\"}",
        false,
        "says version a text of 32 characters, expected 1.2.3"
    )]
    public void An_answer_is_healthy_only_with_status_and_version(int status, string body, bool healthy, string detail)
    {
        var reading = HealthCheck.Judge("auth", (HttpStatusCode)status, body, ServingBed.Version("1.2.3"), 1);
        (reading.Healthy, reading.Detail, reading.StatusCode).ShouldBe((healthy, detail, status));
    }

    [Test]
    public void Without_an_expectation_any_version_is_right() =>
        HealthCheck.Judge("auth", HttpStatusCode.OK, """{"status":"healthy"}""", null, 1).Healthy.ShouldBeTrue();

    [Test]
    public async Task Nobody_there_a_silent_one_and_an_endless_one_are_unhealthy_within_the_patience()
    {
        await using var server = new ScriptedServer(context =>
            context.Request.Url!.AbsolutePath switch
            {
                "/silent" => Task.Delay(TimeSpan.FromSeconds(20)),
                _ => ScriptedServer.EndlessAsync(context),
            }
        );
        using var http = CheckConnections.Open();
        var check = new HealthCheck(http, TimeProvider.System) { Patience = TimeSpan.FromSeconds(1) };
        var nobody = await check.AskAsync("x", new($"http://127.0.0.1:{ServingBed.FreePort()}/health"), null, None);
        (nobody.Healthy, nobody.StatusCode).ShouldBe((false, null));
        nobody.Detail.ShouldStartWith("no answer: ");
        (await check.AskAsync("x", new(server.Url, "/silent"), null, None)).Detail.ShouldBe("no answer within 1 s");
        (await check.AskAsync("x", new(server.Url, "/endless"), null, None)).Detail.ShouldBe(
            "answers 200 without a status in JSON"
        );
    }

    [TestCase("/ok", 200, null, true, "answers 200")]
    [TestCase("/ok", 200, "welcome", true, "answers 200")]
    [TestCase("/ok", 200, "Goodbye", false, "answers 200, but its body does not hold \"Goodbye\"")]
    [TestCase("/missing", 200, null, false, "answers 404, expected 200")]
    [TestCase("/missing", 404, null, true, "answers 404")]
    [TestCase("/moved", 200, "welcome", true, "answers 200")]
    [TestCase("/moved", 302, null, true, "answers 302")]
    [TestCase("/away", 200, null, false, "redirects to example.org, away from {authority}")]
    [TestCase("/round", 200, null, false, "redirects more than 5 times")]
    [TestCase("//example.org/x", 200, null, false, "leads away from {authority}")]
    [TestCase("/endless", 200, "needle", false, "answers 200, but its body (its first MiB) does not hold \"needle\"")]
    public async Task A_critical_endpoint_is_asked_as_a_user_would(
        string path,
        int expected,
        string? holds,
        bool passed,
        string detail
    )
    {
        await using var server = new ScriptedServer(AnswerAsync);
        using var http = CheckConnections.Open();
        var check = await new HttpCheck(http, TimeProvider.System).EndpointAsync(
            server.Url,
            new("home", path, "GET", expected, holds),
            None
        );
        (check.Passed, check.Detail, check.Kind).ShouldBe(
            (passed, detail.Replace("{authority}", server.Url.Authority), SmokeKind.Endpoint)
        );
    }

    [Test]
    public async Task The_target_of_a_check_names_neither_its_query_nor_a_user()
    {
        await using var server = new ScriptedServer(AnswerAsync);
        using var http = CheckConnections.Open();
        var home = new Uri($"http://user:hush@{server.Url.Authority}/");
        var check = await new HttpCheck(http, TimeProvider.System).EndpointAsync(
            home,
            new("home", "/ok?token=hush"),
            None
        );
        check.Target.ShouldBe($"http://{server.Url.Authority}/ok");
    }

    [Test]
    public async Task Health_is_asked_through_the_public_address()
    {
        await using var server = new ScriptedServer(AnswerAsync);
        using var http = CheckConnections.Open();
        var checks = new HttpCheck(http, TimeProvider.System);
        var service = new ServiceSettings("auth", "/auth/health");
        var right = await checks.HealthAsync(server.Url, service, ServingBed.Version("1.0.0"), None);
        (right.Passed, right.Target).ShouldBe((true, $"{server.Url}auth/health"));
        var wrong = await checks.HealthAsync(server.Url, service, ServingBed.Version("1.0.1"), None);
        (wrong.Passed, wrong.Detail).ShouldBe((false, "says version 1.0.0, expected 1.0.1"));
    }

    private static Task AnswerAsync(HttpListenerContext context)
    {
        var response = context.Response;
        switch (context.Request.Url!.AbsolutePath)
        {
            case "/ok":
                return ScriptedServer.TextAsync(context, "welcome");
            case "/auth/health":
                return ScriptedServer.TextAsync(context, """{"status":"healthy","version":"1.0.0"}""");
            case "/moved":
                response.Redirect("/ok");
                break;
            case "/away":
                response.Redirect("http://example.org/");
                break;
            case "/round":
                response.Redirect("/round");
                break;
            case "/endless":
                return ScriptedServer.EndlessAsync(context);
            default:
                response.StatusCode = 404;
                break;
        }
        return Task.CompletedTask;
    }
}

/// <summary>A small HTTP server on a free loopback port that answers as the test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;
    private readonly Task _loop;

    public ScriptedServer(Func<HttpListenerContext, Task> answer)
    {
        _answer = answer;
        Url = new($"http://127.0.0.1:{ServingBed.FreePort()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _loop = LoopAsync();
    }

    public Uri Url { get; }

    public static async Task TextAsync(HttpListenerContext context, string text) =>
        await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));

    public static async Task EndlessAsync(HttpListenerContext context)
    {
        var block = new byte[64 * 1024];
        for (var i = 0; i < 200; i++)
            await context.Response.OutputStream.WriteAsync(block);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        // Closed in the moment in which the next request is asked for, a listener may never say that it ended.
        if (await Task.WhenAny(_loop, Task.Delay(TimeSpan.FromSeconds(5))) == _loop)
            await _loop;
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await _answer(context);
            context.Response.Close();
        }
        catch (Exception gone)
            when (gone is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            return; // the client went, which is what some tests are about
        }
    }
}
