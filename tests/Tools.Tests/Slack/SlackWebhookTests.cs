using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class SlackWebhookTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ImpatientTime _time = new();
    private HttpClient _http = null!;

    private SlackWebhook Slack => new(_http, _time);

    [SetUp]
    public void SetUp() => _http = new HttpClient();

    [TearDown]
    public void TearDown() => _http.Dispose();

    [Test]
    public async Task PostsTheTextAsJson()
    {
        using var server = new FakeServer(_ => new FakeAnswer(200, "ok"));

        await Slack.SendAsync(Url(server), "deployed \"v1\"\n*ü*", None);

        var request = server.Requests.Single();
        request.PathAndQuery.ShouldBe("/services/T0/B0/very-secret-path");
        JsonDocument.Parse(request.Body).RootElement.GetProperty("text").GetString().ShouldBe("deployed \"v1\"\n*ü*");
    }

    [TestCase(404, 1)]
    [TestCase(500, 3)]
    [TestCase(429, 3)]
    public async Task AFailureNeverShowsTheUrl(int status, int attempts)
    {
        using var server = new FakeServer(_ => new FakeAnswer(status, "no_service"));

        var failure = await Should.ThrowAsync<PipelineException>(() => Slack.SendAsync(Url(server), "x", None));

        failure.Message.ShouldContain($"{status}");
        failure.ToString().ShouldNotContain("very-secret-path");
        server.Requests.Count.ShouldBe(attempts);
    }

    [TestCase("http://127.0.0.1:1/services/very-secret-path")]
    [TestCase("http://example.com/services/very-secret-path")]
    [TestCase("not a url very-secret-path")]
    [TestCase("file:///etc/very-secret-path")]
    [TestCase("")]
    public async Task WhatCannotBeReachedOrIsNoWebhookNeverShowsTheUrl(string url)
    {
        var failure = await Should.ThrowAsync<PipelineException>(() => Slack.SendAsync(new Secret(url), "x", None));

        failure.ToString().ShouldNotContain("very-secret-path");
    }

    [Test]
    public async Task ATextThatIsTooLongIsCut()
    {
        using var server = new FakeServer(_ => new FakeAnswer(200, "ok"));

        await Slack.SendAsync(Url(server), new string('x', 100_000), None);

        JsonDocument
            .Parse(server.Requests.Single().Body)
            .RootElement.GetProperty("text")
            .GetString()!
            .Length.ShouldBeLessThan(40_000);
    }

    [Test]
    public void TextFromOutsideIsNoMarkup()
    {
        SlackWebhook.Escape("<!channel> & <http://x|y>").ShouldBe("&lt;!channel&gt; &amp; &lt;http://x|y&gt;");
    }

    private static Secret Url(FakeServer server) => new($"{server.Url}services/T0/B0/very-secret-path");
}
