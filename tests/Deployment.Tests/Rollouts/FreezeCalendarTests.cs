using System.Globalization;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

public sealed class FreezeCalendarTests
{
    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    // 2026-03-06 is a Friday.
    [TestCase("2026-03-06T17:59:59Z", false)]
    [TestCase("2026-03-06T18:00:00Z", true)]
    [TestCase("2026-03-06T19:30:00+02:00", false)]
    [TestCase("2026-03-07T05:59:59Z", true)]
    [TestCase("2026-03-07T06:00:00Z", false)]
    [TestCase("2026-03-07T19:00:00Z", false)]
    public void WeeklyOverMidnight(string at, bool open)
    {
        var window = new FreezeWindow(
            "weekend",
            null,
            null,
            [DayOfWeek.Friday],
            new TimeOnly(18, 0),
            new TimeOnly(6, 0)
        );
        new FreezeCalendar([window]).OpenAt(At(at)).ShouldBe(open ? "weekend" : null);
    }

    [TestCase("2026-12-19T23:59:59Z", false)]
    [TestCase("2026-12-20T00:00:00Z", true)]
    [TestCase("2027-01-02T00:00:00Z", false)]
    public void BetweenInstants(string at, bool open)
    {
        var window = new FreezeWindow(
            "holidays",
            At("2026-12-20T00:00:00Z"),
            At("2027-01-02T00:00:00Z"),
            [],
            null,
            null
        );
        new FreezeCalendar([window]).OpenAt(At(at)).ShouldBe(open ? "holidays" : null);
    }

    [Test]
    public void AllDayWithoutTimes()
    {
        var window = new FreezeWindow("sunday", null, null, [DayOfWeek.Sunday], null, null);
        new FreezeCalendar([window]).OpenAt(At("2026-03-08T12:00:00Z")).ShouldBe("sunday");
        new FreezeCalendar([window]).OpenAt(At("2026-03-09T00:00:00Z")).ShouldBeNull();
    }

    [Test]
    public void WithoutWindows_IsNeverOpen() =>
        new FreezeCalendar(default).OpenAt(At("2026-03-08T12:00:00Z")).ShouldBeNull();
}
