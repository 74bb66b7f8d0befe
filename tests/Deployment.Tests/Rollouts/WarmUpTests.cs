using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>What the candidate's instances are asked before they get any traffic.</summary>
public sealed class WarmUpTests
{
    private FakeWorld _world = null!;

    [SetUp]
    public void StartAnew() =>
        _world = new()
        {
            InstanceUrls = ImmutableSortedDictionary<string, Uri>
                .Empty.Add("api", new("http://127.0.0.1:1001/health"))
                .Add("api-2", new("http://127.0.0.1:1002/health"))
                .Add("auth", new("http://127.0.0.1:1003/health")),
        };

    [Test]
    public async Task EveryInstanceIsAskedItsPaths_UntilItAnswersAsFastAsItWill()
    {
        var paths = new HashSet<string>();
        _world.Answers = (url, nth) =>
        {
            paths.Add(url.ToString());
            return new(200, nth < 200 ? 20 - nth / 20 : 10);
        };

        var result = await RunAsync(new(600, TimeSpan.FromSeconds(20)));

        result.Result.ShouldBe(RolloutOutcome.Promoted);
        paths.ShouldBe(
            [
                "http://127.0.0.1:1001/items",
                "http://127.0.0.1:1001/offers",
                "http://127.0.0.1:1002/items",
                "http://127.0.0.1:1002/offers",
            ],
            ignoreOrder: true
        );
        var warmUp = result.WarmUp.ShouldNotBeNull();
        warmUp.Instances.Select(one => one.Instance).ShouldBe(["api", "api-2"]);
        foreach (var one in warmUp.Instances)
        {
            one.ShouldSatisfyAllConditions(
                () => one.Settled.ShouldBeTrue(),
                () => one.Requests.ShouldBeInRange(200, 300),
                () => one.FirstMilliseconds.ShouldBe(20),
                () => one.LastMilliseconds.ShouldBe(10)
            );
        }
        _world
            .States.Single(state => state.Message.StartsWith("warmed up with ", StringComparison.Ordinal))
            .ShouldSatisfyAllConditions(
                state => state.Message.ShouldContain("api 20.0 → 10.0 ms, api-2 20.0 → 10.0 ms"),
                state => state.Phase.ShouldBe(RolloutPhase.Starting),
                state => state.WarmUp.ShouldBe(warmUp)
            );
    }

    [Test]
    public async Task TheRequestsEndIt_WhenItNeverSettles()
    {
        _world.Answers = (_, nth) => new(200, Math.Max(1, 1000 - 2 * nth));

        var result = await RunAsync(new(300, TimeSpan.FromHours(1)));

        result.WarmUp!.Instances.ShouldAllBe(one => !one.Settled && one.Requests == 300);
        result.WarmUp.ToString().ShouldContain("(not settled)");
    }

    [Test]
    public async Task TheTimeEndsIt_AlsoWhenNothingAnswers()
    {
        _world.Answers = (_, _) => new(null, 3000);

        var result = await RunAsync(new(300, TimeSpan.FromSeconds(20)));

        result.Result.ShouldBe(RolloutOutcome.Promoted, "the judge looks at traffic; a warm-up judges nobody");
        // The last question was asked before the time was over.
        result.WarmUp!.Seconds.ShouldBeInRange(20, 27);
        result.WarmUp.Instances.ShouldAllBe(one => one.Failed == one.Requests && !one.Settled);
    }

    [Test]
    public async Task NothingOfItIsJudged_WhereTheInstancesThemselvesCount()
    {
        // Every answer of the warm-up is an error, and the instances count what they are asked: had they traffic with
        // that, the candidate would be taken back at once.
        _world.Answers = (_, _) => new(500, 5);

        var result = await RunAsync(new(300, TimeSpan.FromSeconds(20)));

        result.Result.ShouldBe(RolloutOutcome.Promoted);
        result.WarmUp!.Instances.Sum(one => one.Failed).ShouldBe(600);
        _world
            .Lines.Select(line => line.Tick)
            .OfType<CanaryTick>()
            .ShouldAllBe(tick => tick.Candidate == null || tick.Candidate.ServerErrors == 0);
    }

    [Test]
    public async Task ZeroRequests_AreNoWarmUp()
    {
        var result = await RunAsync(new(0, TimeSpan.FromSeconds(20)));

        result.WarmUp.ShouldBeNull();
        _world.Instances.ShouldBeEmpty();
    }

    private Task<RolloutResult> RunAsync(WarmUpSettings warmUp) =>
        new RolloutMachine(
            _world.Plan(with: settings => settings with { WarmUp = warmUp }) with
            {
                WarmUpPaths = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add(
                    "api",
                    ["/items", "/offers"]
                ),
            },
            _world.Ports()
        ).RunAsync(CancellationToken.None);
}
