using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Deployment.Tests.Canary.Simulation;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests.Canary;

public sealed class ReplayTests
{
    private static string Log(int seed, double errorRate)
    {
        var end = Simulator.Run(new World(new(0.001), new(errorRate), 50, BaselineTicks: 3), seed, keep: true);
        var lines = end.Ticks.Select(pair => new TickLine { Tick = pair.Tick, Verdict = pair.Verdict });
        return string.Concat(
            lines.Prepend(new TickLine { Plan = World.Plan }).Select(line => TickLog.Write(line) + "\n")
        );
    }

    [Test]
    public void OfARecordedRollout_GivesTheSameVerdictsBitForBit([Values(0.001, 0.01, 0.05)] double errorRate)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var lines = TickLog.Read(Log(seed, errorRate));
            lines.Length.ShouldBeGreaterThan(4);
            Replay.Differences(lines).ShouldBeEmpty();
        }
    }

    [Test]
    public void OfAChangedTick_ShowsWhereItDiffers()
    {
        var lines = TickLog.Read(Log(1, 0.001)).ToBuilder();
        var tick = lines[10].Tick!;
        lines[10] = lines[10] with { Tick = tick with { Candidate = tick.Candidate! with { ServerErrors = 7 } } };
        Replay.Differences(lines)[0].Sequence.ShouldBe(tick.Sequence);
    }

    [Test]
    public void AHalfWrittenLastLine_IsWhatACrashLeaves()
    {
        var text = Log(1, 0.001);
        TickLog.Read(text[..^20]).Length.ShouldBe(TickLog.Read(text).Length - 1);
    }

    [TestCase("{\"schemaVersion\":3,\"plan\":null}")]
    [TestCase("{\"schemaVersion\":2}")]
    [TestCase("[1,2")]
    [TestCase("$(id)")]
    [TestCase("null")]
    [TestCase("{\"schemaVersion\":1,\"explanation\":\"of an older judge\"}")]
    public void ALineThatIsNone_IsRefusedByItsNumber(string line) =>
        Should
            .Throw<PipelineException>(() => TickLog.Read($"\n{line}\n"))
            .Message.ShouldStartWith("rollout/ticks.ndjson:2:");
}
