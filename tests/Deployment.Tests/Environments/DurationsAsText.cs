using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

public class DurationsAsText
{
    [TestCase("10s", 10_000)]
    [TestCase("5m", 300_000)]
    [TestCase("1h30m", 5_400_000)]
    [TestCase("2d", 172_800_000)]
    [TestCase("250ms", 250)]
    [TestCase("1m500ms", 60_500)]
    [TestCase("90m", 5_400_000)]
    public void Are_read(string text, double milliseconds)
    {
        DurationText.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [TestCase("")]
    [TestCase("10")]
    [TestCase("10 s")]
    [TestCase("-5m")]
    [TestCase("1.5h")]
    [TestCase("30m1h")]
    [TestCase("5m\n")]
    [TestCase("99999999999999999999s")]
    [TestCase("00:05:00")]
    public void Are_refused(string text) => DurationText.TryParse(text, out _).ShouldBeFalse();

    [TestCase(48, "48ms")]
    [TestCase(6_240, "6.2s")]
    [TestCase(1_199.9999, "1.2s")]
    [TestCase(59_940, "59.9s")]
    [TestCase(59_990, "1m")]
    [TestCase(3_599_900, "1h")]
    [TestCase(245_000, "4m 05s")]
    [TestCase(300_000, "5m")]
    [TestCase(5_400_000, "1h 30m")]
    [TestCase(3_600_000, "1h")]
    [TestCase(183_600_000, "2d 3h")]
    [TestCase(-1_000, "-1s")]
    [TestCase(0, "0ms")]
    public void Are_written_for_people(double milliseconds, string text) =>
        DurationText.Format(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);
}
