using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Environments;

/// <summary>Durations as people write them: <c>10s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>, <c>250ms</c>.</summary>
public static partial class DurationText
{
    public const string Expected = "a duration like \"10s\", \"5m\" or \"1h30m\"";

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var match = Pattern().Match(text);
        if (text.Length == 0 || !match.Success)
            return false;
        var milliseconds = 0L;
        foreach (var (unit, factor) in Units)
            if (match.Groups[unit].Success)
                milliseconds += long.Parse(match.Groups[unit].ValueSpan, NumberStyles.None) * factor;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>For people: <c>1h 30m</c>, <c>4m 05s</c>, <c>6.2s</c>, <c>48ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "-" + Format(-duration);
        if (duration < TimeSpan.FromSeconds(1))
            return $"{Math.Round(duration.TotalMilliseconds)}ms";
        var tenths = Math.Round(duration.TotalMilliseconds / 100);
        if (tenths < 600)
            return $"{tenths / 10:0.#}s";
        duration = TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds));
        if (duration < TimeSpan.FromHours(1))
            return duration.Seconds == 0 ? $"{duration.Minutes}m" : $"{duration.Minutes}m {duration.Seconds:00}s";
        if (duration < TimeSpan.FromDays(1))
            return duration.Minutes == 0 ? $"{duration.Hours}h" : $"{duration.Hours}h {duration.Minutes:00}m";
        return duration.Hours == 0 ? $"{duration.Days}d" : $"{duration.Days}d {duration.Hours}h";
    }

    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];

    [GeneratedRegex(
        "^(?:(?<d>[0-9]{1,5})d)?(?:(?<h>[0-9]{1,6})h)?(?:(?<m>[0-9]{1,7})m)?(?:(?<s>[0-9]{1,9})s)?(?:(?<ms>[0-9]{1,9})ms)?\\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pattern();
}
