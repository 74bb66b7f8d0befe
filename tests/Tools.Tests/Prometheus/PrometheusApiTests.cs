using System.Net;
using System.Net.Sockets;

namespace Slipway.Tools.Tests;

public class PrometheusApiTests
{
    private readonly HttpMessageInvoker _http = CheckConnections.Open();

    [OneTimeTearDown]
    public void TearDown() => _http.Dispose();

    [Test]
    public async Task AsksByFormBelowTheUrl()
    {
        using var server = new FakeServer(_ =>
            Json("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}")
        );

        var answer = await Api(new Uri(server.Url, "prom")).QueryAsync("up == 1 & x", CancellationToken.None);

        answer.Problem.ShouldBeNull();
        var request = server.Requests.Single();
        (request.Method, request.PathAndQuery).ShouldBe(("POST", "/prom/api/v1/query"));
        request.Body.ShouldStartWith("query=up+%3D%3D+1+%26+x&");
    }

    [Test]
    public async Task NobodyIsThere()
    {
        var answer = await Api(new Uri($"http://127.0.0.1:{RealPrometheus.FreePort()}"))
            .QueryAsync("up", CancellationToken.None);

        answer.Problem.ShouldNotBeNull().ShouldContain("does not answer: ");
    }

    [Test]
    public async Task SomebodyIsThereAndSilent()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var answer = await Api(new Uri($"http://{silent.LocalEndpoint}"), TimeSpan.FromMilliseconds(300))
            .QueryAsync("up", CancellationToken.None);

        answer.Problem.ShouldNotBeNull().ShouldContain("does not answer within 0.3 s");
    }

    [Test]
    public async Task AProxyAnswersInItsPlace()
    {
        using var server = new FakeServer(_ => new(502, "<html>Bad Gateway</html>"));

        var answer = await Api(server.Url).QueryAsync("up", CancellationToken.None);

        answer.Problem.ShouldNotBeNull().ShouldEndWith("answers 502 without JSON");
    }

    [Test]
    public async Task TenMegabytesAreNotRead()
    {
        using var server = new FakeServer(_ => Json(new string(' ', 10_000_000)));

        var answer = await Api(server.Url).QueryAsync("up", CancellationToken.None);

        answer.Problem.ShouldBe("the answer is longer than 8388608 bytes");
    }

    [Test]
    public async Task ACancelledRunIsCancelled()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<OperationCanceledException>(() =>
            Api(new Uri($"http://{silent.LocalEndpoint}")).QueryAsync("up", cancelled.Token)
        );
    }

    private PrometheusApi Api(Uri url, TimeSpan? patience = null) =>
        new(_http, url, TimeProvider.System) { Patience = patience ?? TimeSpan.FromSeconds(10) };

    private static FakeAnswer Json(string body) =>
        new(200, body) { Headers = new() { ["Content-Type"] = "application/json" } };
}
