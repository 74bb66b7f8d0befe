using System.Text.Json;
using Slipway.Routing;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

/// <summary>The real <c>aws</c> program, led to a CloudWatch on loopback: it takes our arguments, we take its output.</summary>
public class AwsProgramTests
{
    [Test]
    public async Task AsksAndPrintsAsWeExpect()
    {
        using var cloudWatch = new FakeServer(Serve);
        var time = new SetTime(CloudWatchSample.Noon);
        var metrics = new CloudWatchMetrics(
            new Led(cloudWatch.Url),
            CloudWatchSample.Settings,
            time,
            _ => Task.FromResult<Slot?>(Slot.Blue)
        );

        var first = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull(metrics.Problem);
        time.Now += TimeSpan.FromMinutes(1);
        var second = (await metrics.ReadAsync(CancellationToken.None)).ShouldNotBeNull(metrics.Problem);

        (second.At - first.At).ShouldBe(TimeSpan.FromMinutes(1));
        (second.Stable!.Requests - first.Stable!.Requests).ShouldBe(950);
        (second.Candidate!.Requests - first.Candidate!.Requests).ShouldBe(50);
        (second.Candidate.ServerErrors - first.Candidate.ServerErrors).ShouldBe(4);
        (second.Candidate.Latency.Count - first.Candidate.Latency.Count).ShouldBe(50);
    }

    [Test]
    public async Task AnErrorOfCloudWatchIsNoAnswer()
    {
        using var cloudWatch = new FakeServer(_ =>
            new(400, "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}")
        );
        var metrics = new CloudWatchMetrics(
            new Led(cloudWatch.Url),
            CloudWatchSample.Settings,
            new SetTime(CloudWatchSample.Noon),
            _ => Task.FromResult<Slot?>(Slot.Blue)
        );

        (await metrics.ReadAsync(CancellationToken.None)).ShouldBeNull();

        metrics.Problem.ShouldNotBeNull().ShouldContain("AccessDenied");
    }

    private static FakeAnswer Serve(FakeRequest request)
    {
        using var asked = JsonDocument.Parse(request.Body);
        var answer = CloudWatchSample.Answer(
            asked.RootElement,
            time => DateTimeOffset.FromUnixTimeSeconds(time.GetInt64()),
            (query, _) =>
                query.TargetGroup == CloudWatchSample.Blue
                    ? CloudWatchSample.Steady(query, 950)
                    : CloudWatchSample.Steady(query, 50, failed: 4)
        );
        return new(200, JsonSerializer.Serialize(answer))
        {
            Headers = new() { ["Content-Type"] = "application/x-amz-json-1.0" },
        };
    }

    /// <summary>Adds what leads aws here; the login is made up and no other is looked for.</summary>
    private sealed class Led(Uri url) : ICommandRunner
    {
        private readonly CommandRunner _runner = new(new Redactor(), TimeProvider.System);

        public Task<CommandResult> RunAsync(
            Command command,
            Action<OutputLine>? onLine = null,
            CancellationToken cancellation = default
        ) =>
            _runner.RunAsync(
                (command with { Arguments = command.Arguments.AddRange("--endpoint-url", url.AbsoluteUri) })
                    .With("AWS_ACCESS_KEY_ID", "nobody")
                    .WithSecret("AWS_SECRET_ACCESS_KEY", new Secret("nothing-to-hide"))
                    .With("AWS_EC2_METADATA_DISABLED", "true")
                    .With("AWS_CONFIG_FILE", "/dev/null")
                    .With("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
                    .With("AWS_MAX_ATTEMPTS", "1"),
                onLine,
                cancellation
            );
    }
}
