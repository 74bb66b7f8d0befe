using System.Globalization;
using Slipway.Environments;

namespace Slipway.Reports;

/// <summary>Numbers for people.</summary>
internal static class Quantities
{
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Counted(long number, string one, string? many = null) =>
        $"{Count(number)} {(number == 1 ? one : many ?? one + "s")}";

    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1_000 => $"{bytes} B",
            < 1_000_000 => $"{(bytes / 1e3).ToString("0.#", CultureInfo.InvariantCulture)} kB",
            < 1_000_000_000 => $"{(bytes / 1e6).ToString("0.#", CultureInfo.InvariantCulture)} MB",
            _ => $"{(bytes / 1e9).ToString("0.##", CultureInfo.InvariantCulture)} GB",
        };

    public static string Duration(TimeSpan? duration) => duration is { } known ? DurationText.Format(known) : "–";

    public static string Seconds(double seconds) => DurationText.Format(TimeSpan.FromSeconds(seconds));

    public static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Errors of requests, e.g. <c>14 (0.1 %)</c>.</summary>
    public static string Rate(long errors, long requests) =>
        requests == 0
            ? Count(errors)
            : $"{Count(errors)} ({(100.0 * errors / requests).ToString("0.##", CultureInfo.InvariantCulture)} %)";
}
