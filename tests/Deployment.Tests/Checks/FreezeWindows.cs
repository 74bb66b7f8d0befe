using System.Globalization;
using Slipway.Checks;
using Slipway.Environments;

namespace Slipway.Deployment.Tests.Checks;

public class FreezeWindows
{
    private static readonly FreezeWindow Weekend = Weekly("16:00", "06:00", DayOfWeek.Friday, DayOfWeek.Saturday);
    private static readonly FreezeWindow Lunch = Weekly("11:00", "12:30", DayOfWeek.Wednesday);
    private static readonly FreezeWindow Sunday = Weekly("00:00", "00:00", DayOfWeek.Sunday);
    private static readonly FreezeWindow YearEnd = new(
        "year end",
        At("2026-12-23T12:00Z"),
        At("2027-01-02T06:00Z"),
        [],
        null,
        null
    );

    [TestCase("2026-11-20T15:59:59Z", null, Description = "Friday, a second before")]
    [TestCase("2026-11-20T16:00:00Z", "2026-11-21T06:00Z")]
    [TestCase("2026-11-20T23:59:59Z", "2026-11-21T06:00Z")]
    [TestCase("2026-11-21T00:00:00Z", "2026-11-21T06:00Z", Description = "across midnight")]
    [TestCase("2026-11-21T05:59:59Z", "2026-11-21T06:00Z")]
    [TestCase("2026-11-21T06:00:00Z", null, Description = "the end is outside")]
    [TestCase("2026-11-21T17:00:00Z", "2026-11-22T06:00Z", Description = "Saturday's own")]
    [TestCase("2026-11-19T17:00:00Z", null, Description = "Thursday")]
    [TestCase("2026-11-20T17:30:00+02:00", null, Description = "15:30 UTC")]
    [TestCase("2026-11-20T18:30:00+02:00", "2026-11-21T06:00Z", Description = "16:30 UTC")]
    public void Of_every_week_go_across_midnight_in_utc(string at, string? until) =>
        (FreezeCalendar.OpenAt([Weekend], At(at))?.Until).ShouldBe(until is null ? null : At(until));

    [TestCase("2026-11-18T10:59:59Z", false)]
    [TestCase("2026-11-18T11:00:00Z", true)]
    [TestCase("2026-11-18T12:30:00Z", false)]
    public void Of_one_day_end_on_it(string at, bool open) =>
        (FreezeCalendar.OpenAt([Lunch], At(at)) is not null).ShouldBe(open);

    [TestCase("2026-11-21T23:59:59Z", false)]
    [TestCase("2026-11-22T00:00:00Z", true)]
    [TestCase("2026-11-22T23:59:59Z", true)]
    [TestCase("2026-11-23T00:00:00Z", false)]
    public void From_and_to_the_same_time_are_a_whole_day(string at, bool open) =>
        (FreezeCalendar.OpenAt([Sunday], At(at)) is not null).ShouldBe(open);

    [TestCase("2026-12-23T11:59:59Z", false)]
    [TestCase("2026-12-23T12:00:00Z", true)]
    [TestCase("2027-01-01T00:00:00Z", true)]
    [TestCase("2027-01-02T06:00:00Z", false)]
    public void Can_be_open_once(string at, bool open) =>
        (FreezeCalendar.OpenAt([YearEnd], At(at)) is not null).ShouldBe(open);

    [Test]
    public void Of_several_the_last_to_end_is_told() =>
        FreezeCalendar
            .OpenAt([Weekend, YearEnd], At("2026-12-25T17:00:00Z"))
            .ShouldBe(new OpenFreeze(YearEnd, At("2027-01-02T06:00Z")));

    [Test]
    public void Block_unless_there_is_a_reason()
    {
        var at = At("2026-11-20T17:00:00Z");

        FreezeCalendar.Check([], at).Status.ShouldBe(CheckStatus.Passed);
        var blocked = FreezeCalendar.Check([Weekend], at);
        blocked.Blocks.ShouldBeTrue();
        blocked.Detail.ShouldBe(
            "\"weekly\" is open until 2026-11-21 06:00 UTC; expected a time outside it, or --force --reason=\"why\""
        );
        var forced = FreezeCalendar.Check([Weekend], at, "hotfix 12");
        forced.Blocks.ShouldBeFalse();
        forced.Detail.ShouldBe("\"weekly\" is open until 2026-11-21 06:00 UTC, overridden: hotfix 12");
    }

    private static FreezeWindow Weekly(string from, string to, params DayOfWeek[] days) =>
        new(
            "weekly",
            null,
            null,
            [.. days],
            TimeOnly.Parse(from, CultureInfo.InvariantCulture),
            TimeOnly.Parse(to, CultureInfo.InvariantCulture)
        );

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
