using System.Globalization;

namespace Slipway.Host;

/// <summary>Seconds as people read them: 0.42 s, 12.3 s, 2 min 05 s, 1 h 02 min.</summary>
internal static class Durations
{
    public static string Show(double seconds)
    {
        var culture = CultureInfo.InvariantCulture;
        return seconds switch
        {
            < 9.995 => string.Create(culture, $"{Math.Max(0, seconds):0.00} s"),
            < 59.95 => string.Create(culture, $"{seconds:0.0} s"),
            < 3599.5 => string.Create(
                culture,
                $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s"
            ),
            _ => string.Create(
                culture,
                $"{(int)Math.Round(seconds) / 3600} h {(int)Math.Round(seconds) % 3600 / 60:00} min"
            ),
        };
    }

    /// <summary>Whole seconds, for something that still runs.</summary>
    public static string Rough(double seconds) => seconds < 60 ? $"{(int)seconds} s" : Show(Math.Floor(seconds));
}
