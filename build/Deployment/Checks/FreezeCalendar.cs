using System.Globalization;
using Slipway.Environments;

namespace Slipway.Checks;

/// <param name="Until">When it ends.</param>
public sealed record OpenFreeze(FreezeWindow Window, DateTimeOffset Until);

/// <summary>Which freeze windows are open at an instant. A window begins with its first second and ends before its last.</summary>
public static class FreezeCalendar
{
    /// <returns>The open window that ends last; null when none is open.</returns>
    public static OpenFreeze? OpenAt(IEnumerable<FreezeWindow> windows, DateTimeOffset at) =>
        windows
            .Select(window => EndOf(window, at.ToUniversalTime()) is { } end ? new OpenFreeze(window, end) : null)
            .OfType<OpenFreeze>()
            .OrderByDescending(open => open.Until)
            .FirstOrDefault();

    /// <param name="reason">Given with <c>--force</c>; null without it.</param>
    public static CheckResult Check(IEnumerable<FreezeWindow> windows, DateTimeOffset at, string? reason = null)
    {
        if (OpenAt(windows, at) is not { } open)
            return new(CheckNames.Freeze, CheckStatus.Passed, "no freeze window is open");
        var until = open.Until.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return string.IsNullOrWhiteSpace(reason)
            ? new(
                CheckNames.Freeze,
                CheckStatus.Failed,
                $"\"{open.Window.Name}\" is open until {until}; expected a time outside it, or --force --reason=\"why\""
            )
            : new(
                CheckNames.Freeze,
                CheckStatus.Warning,
                $"\"{open.Window.Name}\" is open until {until}, overridden: {reason.Trim()}"
            );
    }

    private static DateTimeOffset? EndOf(FreezeWindow window, DateTimeOffset at)
    {
        if (window is { From: { } from, To: { } to })
            return from <= at && at < to ? to.ToUniversalTime() : null;
        if (window.Days.IsDefaultOrEmpty)
            return null;
        // Without times the window is the whole day.
        var start = window.DailyFrom ?? TimeOnly.MinValue;
        var stop = window.DailyTo ?? TimeOnly.MinValue;
        var length =
            start < stop ? stop - start : stop - start + (start == stop ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        foreach (var daysBack in new[] { 0, 1 }) // one that began yesterday may go across midnight
        {
            var day = DateOnly.FromDateTime(at.UtcDateTime).AddDays(-daysBack);
            var begin = new DateTimeOffset(day.ToDateTime(start), TimeSpan.Zero);
            if (window.Days.Contains(day.DayOfWeek) && begin <= at && at < begin + length)
                return begin + length;
        }
        return null;
    }
}
