using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Slipway.Reports;

/// <summary>Text from outside, made harmless for HTML and SVG.</summary>
internal static class HtmlText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly string[] Pictures = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>For content and for attributes in double quotes.</summary>
    public static string Of(string? text) => Encoder.Encode(text ?? "");

    public static string Code(string? text) => $"<code>{Of(text)}</code>";

    /// <summary>A number for an SVG attribute.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The href of a file of the run folder, relative to it; null for a path that leaves it.</summary>
    public static string? RelativeLink(string path)
    {
        var parts = path.Replace('\\', '/').Split('/');
        return parts.All(part => part is not ("" or "." or ".."))
            ? string.Join('/', parts.Select(Uri.EscapeDataString))
            : null;
    }

    public static bool IsPicture(string path) =>
        Pictures.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}
