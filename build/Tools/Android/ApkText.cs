using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Builds;

namespace Slipway.Tools;

/// <summary>Reads what <c>apksigner verify</c> and <c>aapt2 dump badging</c> print.</summary>
internal static partial class ApkText
{
    public static ApkInspection WithSignature(this ApkInspection apk, CommandResult verified)
    {
        var text = verified.Output;
        if (verified.ExitCode != 0)
        {
            var reason =
                Lines(text + "\n" + verified.Error)
                    .FirstOrDefault(line => line.StartsWith("ERROR", StringComparison.Ordinal))
                ?? Lines(verified.Error).FirstOrDefault()
                ?? Lines(text).FirstOrDefault()
                ?? "no reason given";
            return apk with { SignatureFault = $"does not verify: {reason}" };
        }

        return apk with
        {
            SignatureSchemes =
            [
                .. Scheme()
                    .Matches(text)
                    .Where(match => match.Groups["verified"].Value == "true")
                    .Select(match => match.Groups["scheme"].Value)
                    .Order(StringComparer.Ordinal),
            ],
            CertificatesSha256 =
            [
                .. Certificate()
                    .Matches(text)
                    .Select(match => match.Groups["sha256"].Value)
                    .Distinct(StringComparer.Ordinal),
            ],
        };
    }

    public static ApkInspection WithManifest(this ApkInspection apk, CommandResult badging)
    {
        var package = Package().Match(badging.Output);
        if (badging.ExitCode != 0 || !package.Success)
        {
            var reason = Lines(badging.Error).Concat(Lines(badging.Output)).FirstOrDefault() ?? "no reason given";
            return apk with { ManifestFault = $"the manifest cannot be read: {reason}" };
        }

        var lines = Lines(badging.Output).ToImmutableArray();
        return apk with
        {
            PackageId = package.Groups["id"].Value,
            VersionName = package.Groups["name"].Value,
            VersionCode = Number(package.Groups["code"].Value),
            MinSdk = (int)Number(Value(lines, "sdkVersion:") ?? Value(lines, "minSdkVersion:")),
            TargetSdk = (int)Number(Value(lines, "targetSdkVersion:")),
            Debuggable = lines.Contains("application-debuggable"),
            Permissions = [.. Permission().Matches(badging.Output).Select(match => match.Groups["name"].Value)],
        };
    }

    /// <summary>The devices that are ready, of what <c>adb devices</c> prints; one that is offline or not trusted is not.</summary>
    public static ImmutableArray<string> ReadyDevices(string text) =>
        [
            .. Lines(text)
                .Select(line => line.Split('\t'))
                .Where(parts => parts is [_, "device"])
                .Select(parts => parts[0]),
        ];

    private static string? Value(ImmutableArray<string> lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim('\'');

    // An SDK may be a code name; that is no number, and no rule accepts it.
    private static long Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);

    [GeneratedRegex(@"^Verified using (?<scheme>v\d(\.\d)?) scheme .*: (?<verified>true|false)\r?$", Options, 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex("certificate SHA-256 digest: (?<sha256>[0-9a-f]{64})", Options, 1000)]
    private static partial Regex Certificate();

    [GeneratedRegex(
        "^package: name='(?<id>[^']*)' versionCode='(?<code>[^']*)' versionName='(?<name>[^']*)'",
        Options,
        1000
    )]
    private static partial Regex Package();

    [GeneratedRegex("^uses-permission(-sdk-23)?: name='(?<name>[^']*)'", Options, 1000)]
    private static partial Regex Permission();

    private const RegexOptions Options =
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
}
