using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class GitHubChecksTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";
    private const string NoStatuses = """{"state":"pending","statuses":[]}""";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ImpatientTime _time = new();
    private HttpClient _http = null!;

    [SetUp]
    public void SetUp() => _http = new HttpClient();

    [TearDown]
    public void TearDown() => _http.Dispose();

    [Test]
    public async Task ReadsCheckRunsAndStatuses()
    {
        using var server = Serve(
            """
            {"total_count":4,"check_runs":[
              {"id":1,"name":"lint","status":"completed","conclusion":"success","html_url":"https://x/1","app":{"id":15368}},
              {"id":2,"name":"unit","status":"completed","conclusion":"failure","html_url":"https://x/2","app":{"id":15368}},
              {"id":3,"name":"slow","status":"in_progress","conclusion":null,"html_url":"https://x/3","app":null},
              {"id":4,"name":"maybe","status":"completed","conclusion":"skipped","html_url":null}
            ]}
            """,
            """
            {"state":"failure","statuses":[
              {"context":"ci/build","state":"success","description":"done","target_url":"https://ci/1"},
              {"context":"ci/audit","state":"error","description":null,"target_url":null},
              {"context":"ci/wait","state":"pending","description":"","target_url":null}
            ]}
            """
        );

        var checks = await Read(server);

        checks.ShouldBe([
            new CheckResult("ci/audit", CheckStatus.Failed, "error"),
            new CheckResult("ci/build", CheckStatus.Passed, "success: done", "https://ci/1"),
            new CheckResult("ci/wait", CheckStatus.Pending, "pending"),
            new CheckResult("lint", CheckStatus.Passed, "success", "https://x/1"),
            new CheckResult("maybe", CheckStatus.Passed, "skipped"),
            new CheckResult("slow", CheckStatus.Pending, "in_progress", "https://x/3"),
            new CheckResult("unit", CheckStatus.Failed, "failure", "https://x/2"),
        ]);
        server.Requests.ShouldAllBe(request => request.Authorization == "Bearer github-token-value");
    }

    [TestCase("timed_out")]
    [TestCase("cancelled")]
    [TestCase("action_required")]
    [TestCase("stale")]
    [TestCase("startup_failure")]
    [TestCase("something_new")]
    public async Task WhatIsNotKnownToBeGoodIsBad(string conclusion)
    {
        using var server = Serve(
            $$"""{"check_runs":[{"id":1,"name":"a","status":"completed","conclusion":"{{conclusion}}"}]}""",
            NoStatuses
        );

        (await Read(server)).Single().Status.ShouldBe(CheckStatus.Failed);
    }

    [Test]
    public async Task OfSeveralRunsTheNewestCountsAndOfSeveralAppsTheWorst()
    {
        using var server = Serve(
            """
            {"check_runs":[
              {"id":1,"name":"again","status":"completed","conclusion":"failure","app":{"id":1}},
              {"id":9,"name":"again","status":"completed","conclusion":"success","app":{"id":1}},
              {"id":8,"name":"both","status":"completed","conclusion":"success","app":{"id":1}},
              {"id":7,"name":"both","status":"completed","conclusion":"failure","app":{"id":2}}
            ]}
            """,
            NoStatuses
        );

        (await Read(server)).Select(check => check.Status).ShouldBe([CheckStatus.Passed, CheckStatus.Failed]);
    }

    [Test]
    public async Task FollowsPages()
    {
        FakeServer server = null!;
        server = new FakeServer(request =>
        {
            if (!request.PathAndQuery.Contains("check-runs", StringComparison.Ordinal))
                return new FakeAnswer(200, NoStatuses);
            var page = request.PathAndQuery.Contains("page=2", StringComparison.Ordinal) ? 2 : 1;
            var answer = new FakeAnswer(
                200,
                $$"""{"check_runs":[{"id":{{page}},"name":"p{{page}}","status":"completed","conclusion":"success"}]}"""
            );
            if (page == 1)
                answer.Headers["Link"] =
                    $"<{server.Url}x?first>; rel=\"first\", <{server.Url}check-runs?page=2>; rel=\"next\"";
            return answer;
        });
        using (server)
            (await Read(server)).Select(check => check.Name).ShouldBe(["p1", "p2"]);
    }

    [Test]
    public async Task NeverTakesTheTokenToAnotherHost()
    {
        using var other = new FakeServer(_ => new FakeAnswer(200, """{"check_runs":[]}"""));
        using var server = new FakeServer(_ => new FakeAnswer(200, """{"check_runs":[],"statuses":[]}""")
        {
            Headers = { ["Link"] = $"<{other.Url}page2>; rel=\"next\"" },
        });

        await Should.ThrowAsync<PipelineException>(() => Read(server));

        other.Requests.ShouldBeEmpty();
    }

    [TestCase(500, 2)]
    [TestCase(503, 3)]
    [TestCase(429, 1)]
    public async Task TriesAgainAfterATransientFailureAndCounts(int status, int failures)
    {
        var left = failures;
        using var server = new FakeServer(request =>
        {
            if (request.PathAndQuery.Contains("/status", StringComparison.Ordinal))
                return new FakeAnswer(200, NoStatuses);
            return left-- > 0
                ? new FakeAnswer(status, "<html>") { Headers = { ["Retry-After"] = "7" } }
                : new FakeAnswer(200, """{"check_runs":[]}""");
        });
        var client = Client(server);

        (await new GitHubChecks(client, "o/r").ReadAsync(Sha, None)).ShouldBeEmpty();

        client.Retries.ShouldBe(failures);
        _time.Waits.ShouldContain(TimeSpan.FromSeconds(7));
    }

    [Test]
    public async Task GivesUpAfterBoundedRetries()
    {
        using var server = new FakeServer(_ => new FakeAnswer(502, ""));
        var client = Client(server);

        (await Should.ThrowAsync<PipelineException>(() => client.GetPagesAsync("x", None))).Message.ShouldContain(
            "502"
        );

        server.Requests.Count.ShouldBe(4);
    }

    [TestCase(401, "expired")]
    [TestCase(403, "permissions")]
    [TestCase(404, "on GitHub")]
    public async Task ARefusalSaysWhatToDoAndNeverTheToken(int status, string next)
    {
        using var server = new FakeServer(_ => new FakeAnswer(status, """{"message":"Bad thing"}"""));

        var failure = await Should.ThrowAsync<PipelineException>(() => Read(server));

        failure.Next!.ShouldContain(next);
        failure.Message.ShouldContain("Bad thing");
        failure.ToString().ShouldNotContain("github-token-value");
        server.Requests.Count.ShouldBeLessThanOrEqualTo(2, "a refusal is not tried again");
    }

    [TestCase("not json")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"check_runs":[{"id":"x"}],"statuses":[]}""")]
    [TestCase("""{"check_runs":[],"statuses":[{}]}""")]
    public async Task AnAnswerOfAnotherShapeIsAFailure(string body)
    {
        using var server = Serve(body, body);

        await Should.ThrowAsync<PipelineException>(() => Read(server));
    }

    [TestCase("o/r/../../x", Sha)]
    [TestCase("o/r", "main")]
    [TestCase("o/r?x=", Sha)]
    public async Task WhatIsNoCommitIsNotAskedFor(string repository, string sha)
    {
        using var server = Serve("{}", "{}");

        await Should.ThrowAsync<PipelineException>(() =>
            new GitHubChecks(Client(server), repository).ReadAsync(sha, None)
        );

        server.Requests.ShouldBeEmpty();
    }

    private static FakeServer Serve(string runs, string statuses) =>
        new(request => new FakeAnswer(
            200,
            request.PathAndQuery.StartsWith($"/repos/o/r/commits/{Sha}/check-runs?", StringComparison.Ordinal)
                ? runs
                : statuses
        ));

    private GitHubClient Client(FakeServer server) => new(_http, server.Url, new Secret("github-token-value"), _time);

    private Task<System.Collections.Immutable.ImmutableArray<CheckResult>> Read(FakeServer server) =>
        new GitHubChecks(Client(server), "o/r").ReadAsync(Sha, None);
}
