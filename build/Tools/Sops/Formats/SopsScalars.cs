using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Tools;

/// <summary>The one text of each typed value that enters ciphertexts and the MAC (Go's formatting, which SOPS is written in).</summary>
internal static partial class SopsScalars
{
    public static SopsLeaf Integer(long value) =>
        SopsLeaf.Of(SopsKind.Integer, value.ToString(CultureInfo.InvariantCulture));

    public static SopsLeaf Boolean(bool value) => SopsLeaf.Of(SopsKind.Boolean, value ? "True" : "False");

    public static SopsLeaf Float(double value) => SopsLeaf.Of(SopsKind.Float, Plain(value));

    /// <summary>Decimal text → number. Null when it is none, or out of range (which is no float in Go either).</summary>
    public static double? ParseFloat(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : null;

    public static long? ParseInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>RFC 3339 → RFC 3339 with nanoseconds at most, no trailing zeros, <c>Z</c> for offset zero. Null: no such time.</summary>
    /// <param name="lenient">Also what YAML 1.1 calls a time: single digits, a blank for the T, no zone, a date alone.</param>
    public static SopsLeaf? Time(string text, bool lenient)
    {
        var match = (lenient ? LenientTime() : StrictTime()).Match(text);
        if (!match.Success)
        {
            return null;
        }

        var canonical = Canonical(match, lenient);
        return canonical is null ? null : SopsLeaf.Of(SopsKind.Time, canonical);
    }

    /// <summary>The shortest digits that read back as the same number, without an exponent.</summary>
    private static string Plain(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN"
                : value > 0 ? "+Inf"
                : "-Inf";
        }

        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            return shortest;
        }

        var exponent = int.Parse(
            shortest.AsSpan(mark + 1),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture
        );
        var sign = shortest[0] == '-' ? "-" : "";
        var mantissa = shortest[sign.Length..mark];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var whole = (point < 0 ? digits.Length : point) + exponent;
        return whole <= 0 ? $"{sign}0.{new string('0', -whole)}{digits}"
            : whole >= digits.Length ? $"{sign}{digits}{new string('0', whole - digits.Length)}"
            : $"{sign}{digits[..whole]}.{digits[whole..]}";
    }

    private static string? Canonical(Match match, bool lenient)
    {
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan) : 0;
        var (year, month, day) = (Number("y"), Number("m"), Number("d"));
        var (hour, minute, second) = (Number("h"), Number("i"), Number("s"));
        if (
            year < 1
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return null;
        }

        var fraction = match.Groups["f"].Value;
        var nanoseconds = fraction[..Math.Min(fraction.Length, 9)].TrimEnd('0');
        var text = new StringBuilder().Append($"{year:D4}-{month:D2}-{day:D2}T{hour:D2}:{minute:D2}:{second:D2}");
        if (nanoseconds.Length > 0)
        {
            text.Append('.').Append(nanoseconds);
        }

        return Zone(match, lenient) is { } zone ? text.Append(zone).ToString() : null;
    }

    private static string? Zone(Match match, bool lenient)
    {
        var zone = match.Groups["z"].Value;
        if (zone.Length == 0 && lenient)
        {
            return "Z";
        }

        if (zone == "Z")
        {
            return zone;
        }

        var (hours, minutes) = (int.Parse(zone.AsSpan(1, 2)), int.Parse(zone.AsSpan(4, 2)));
        return hours > 23 || minutes > 59 ? null
            : hours == 0 && minutes == 0 ? "Z"
            : zone;
    }

    [GeneratedRegex(
        @"^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})T(?<h>[0-9]{2}):(?<i>[0-9]{2}):(?<s>[0-9]{2})(\.(?<f>[0-9]+))?(?<z>Z|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex StrictTime();

    [GeneratedRegex(
        @"^(?<y>[0-9]{4})-(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})(([Tt](?<h>[0-9]{1,2}):(?<i>[0-9]{1,2}):(?<s>[0-9]{1,2})(\.(?<f>[0-9]+))?(?<z>Z|[+-][0-9]{2}:[0-9]{2}))|( (?<h>[0-9]{1,2}):(?<i>[0-9]{1,2}):(?<s>[0-9]{1,2})(\.(?<f>[0-9]+))?))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex LenientTime();
}
