using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>A source that tells minutes late, by the minute, as CloudWatch does.</summary>
public sealed class MetricsAreBehind
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly MetricsSettings Settings = new()
    {
        Source = MetricsSourceKind.CloudWatch,
        CloudWatch = new(
            "app/a/0",
            ["b"],
            ["g"],
            "n",
            ImmutableSortedDictionary<string, string>.Empty,
            null,
            Minute,
            TimeSpan.FromMinutes(2)
        ),
    };

    [Test]
    public async Task IsJudgedWithoutStandingStill_AndNotByTheTimeBeforeAWeight()
    {
        var world = new FakeWorld();

        var result = await new RolloutMachine(Plan(world), Ports(world)).RunAsync(CancellationToken.None);

        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.States.ShouldNotContain(state => state.Phase == RolloutPhase.Holding);
        world
            .Lines.Where(line => line.Tick is { Stage: >= 0 })
            .ShouldContain(line => line.Tick!.Dropped == "the metrics are still about the time before this weight");
    }

    [Test]
    public async Task ABadCandidateIsTakenBack()
    {
        var world = new FakeWorld { CandidateErrorRate = 0.2 };

        var result = await new RolloutMachine(Plan(world), Ports(world)).RunAsync(CancellationToken.None);

        result.Result.ShouldBe(RolloutOutcome.RolledBack);
        world.Share.ShouldBe(0);
    }

    private static RolloutPlan Plan(FakeWorld world) =>
        world.Plan(
            with: settings => settings with { CheckInterval = Minute, Metrics = Settings },
            holdLimit: TimeSpan.FromMinutes(1)
        );

    private static RolloutPorts Ports(FakeWorld world)
    {
        var ports = world.Ports();
        return ports with { Metrics = new Late(ports.Metrics, TimeSpan.FromMinutes(2)) };
    }

    private sealed class Late(IMetricsSource inner, TimeSpan delay) : IMetricsSource
    {
        private readonly List<MetricsReading> _readings = [];

        public async Task<MetricsReading?> ReadAsync(CancellationToken cancellation)
        {
            if (await inner.ReadAsync(cancellation) is not { } now)
                return null;
            _readings.Add(now);
            return _readings.FindLast(reading => reading.At <= now.At - delay);
        }
    }
}
