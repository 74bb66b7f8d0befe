using System.Collections.Immutable;
using Slipway.Environments;

namespace Slipway.Rollouts;

/// <summary>The freeze windows of an environment.</summary>
public sealed class FreezeCalendar(ImmutableArray<FreezeWindow> windows) : IFreezeCalendar
{
    public static FreezeCalendar None { get; } = new([]);

    public string? OpenAt(DateTimeOffset at) =>
        windows.IsDefaultOrEmpty ? null : windows.FirstOrDefault(window => IsOpen(window, at))?.Name;

    private static bool IsOpen(FreezeWindow window, DateTimeOffset at)
    {
        if (window.Days.IsDefaultOrEmpty)
            return (window.From is not null || window.To is not null) && !(at < window.From) && !(at >= window.To);
        var utc = at.UtcDateTime;
        var time = TimeOnly.FromDateTime(utc);
        var from = window.DailyFrom ?? TimeOnly.MinValue;
        var until = window.DailyTo ?? TimeOnly.MinValue;
        // An end that is not after the start lies on the next day, so that a window can span midnight.
        if (until > from)
            return window.Days.Contains(utc.DayOfWeek) && time >= from && time < until;
        return (window.Days.Contains(utc.DayOfWeek) && time >= from)
            || (window.Days.Contains(utc.AddDays(-1).DayOfWeek) && time < until);
    }
}
