using System.Globalization;

namespace Slipway.Reports;

/// <summary>Round numbers for the axes of a picture.</summary>
internal static class RoundScale
{
    private static readonly double[] TimeSteps =
    [
        0.1,
        0.2,
        0.5,
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        300,
        600,
        900,
        1800,
        3600,
        7200,
        14400,
        43200,
        86400,
    ];

    /// <summary>Seconds to mark on an axis: at most seven, from 0.</summary>
    public static IEnumerable<double> Times(double seconds)
    {
        var step = TimeSteps.FirstOrDefault(step => seconds / step <= 6, seconds / 6);
        for (var mark = 0; mark * step <= seconds * 1.0001; mark++)
            yield return mark * step;
    }

    public static string Time(double seconds) => seconds == 0 ? "0s" : Quantities.Seconds(seconds);

    /// <summary>The upper end of an axis: 1, 2 or 5 times a power of ten, not below the value.</summary>
    public static double Top(double value, double smallest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, smallest))));
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5, 10])
            if (factor * power >= Math.Max(value, smallest) * 0.9999)
                return factor * power;
        return 10 * power;
    }

    public static string Plain(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
