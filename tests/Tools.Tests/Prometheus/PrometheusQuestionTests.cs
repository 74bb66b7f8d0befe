using Slipway.Environments;

namespace Slipway.Tools.Tests;

public class PrometheusQuestionTests
{
    private static readonly PrometheusSettings Settings = new(
        new("http://127.0.0.1:9090"),
        ArmNaming.Slot,
        "slot",
        TimeSpan.FromSeconds(15),
        TimeSpan.FromSeconds(1),
        new() { Requests = "sum by ($arm) (r{$arms})" }
    );

    [Test]
    public void AsksForEverythingAtOnce()
    {
        var question = PrometheusQuestion.Of(Settings, new("blue", "green"));

        question.ShouldStartWith(
            "label_replace((sum by (slot) (r{slot=~\"blue|green\"})), \"slipway\", \"Requests\", \"\", \"\") or label_replace(("
        );
        foreach (var kind in new[] { "ServerErrors", "Latency", "Started", "Sampled" })
            question.ShouldContain($"\"slipway\", \"{kind}\"");
        question.ShouldNotContain("Timeouts");
        question.ShouldNotContain("$");
    }

    [TestCase("1.2.3", "1.3.0-rc.1", "v?(1\\\\.2\\\\.3|1\\\\.3\\\\.0\\\\-rc\\\\.1)")]
    [TestCase("a\"} or x{", "b|.*", "v?(a\\\\\\\"\\\\} or x\\\\{|b\\\\|\\\\.\\\\*)")]
    public void ANameIsData(string stable, string candidate, string matcher) =>
        PrometheusQuestion
            .Of(Settings with { ArmBy = ArmNaming.Version, ArmLabel = "version" }, new(stable, candidate))
            .ShouldContain($"(r{{version=~\"{matcher}\"}})");
}
