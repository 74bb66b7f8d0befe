using System.Collections.Immutable;
using Slipway.Checks;
using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Builds;

/// <summary>What an APK must be before it may go to users: intact, signed, the release that is deployed, and nothing to debug.</summary>
public static class ApkRules
{
    /// <summary>One result per rule, in a fixed order; a rule whose input cannot be read fails and says why.</summary>
    public static ImmutableArray<CheckResult> Check(ApkInspection apk, ApkSettings settings, ProjectVersion version) =>
        [
            Rule(
                "archive",
                apk.ArchiveFault is null,
                apk.ArchiveFault ?? $"{apk.Entries} entries, each with its checksum"
            ),
            Signature(apk),
            Certificate(apk, settings.CertificateSha256),
            .. Manifest(apk, settings, version),
            Rule(
                "size",
                apk.Bytes <= settings.MaximumBytes,
                apk.Bytes <= settings.MaximumBytes
                    ? $"{apk.Bytes} bytes of at most {settings.MaximumBytes}"
                    : $"{apk.Bytes} bytes; expected at most {settings.MaximumBytes}"
            ),
        ];

    private static CheckResult Signature(ApkInspection apk)
    {
        var modern = apk.SignatureSchemes.Where(scheme => scheme is "v2" or "v3").ToList();
        return Rule(
            "signature",
            apk.SignatureFault is null && modern.Count > 0,
            apk.SignatureFault
                ?? (
                    modern.Count > 0
                        ? $"verified with {string.Join(", ", modern)}"
                        : $"verified with {Listed(apk.SignatureSchemes)}; expected v2 or v3"
                )
        );
    }

    private static CheckResult Certificate(ApkInspection apk, string? expected)
    {
        var found = apk.CertificatesSha256;
        if (found.Length != 1)
            return Rule("certificate", false, $"{found.Length} signers; expected one");
        if (expected is null)
            return Rule("certificate", true, $"{found[0]} (any is accepted: none is configured)");
        // Certificates are written with colons and in capitals as well.
        var wanted = expected.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return Rule(
            "certificate",
            found[0] == wanted,
            found[0] == wanted ? found[0] : $"{found[0]}; expected {wanted}"
        );
    }

    private static IEnumerable<CheckResult> Manifest(ApkInspection apk, ApkSettings settings, ProjectVersion version)
    {
        yield return Same(apk, "package", apk.PackageId, settings.PackageId);
        yield return Same(apk, "version name", apk.VersionName, version.Number);
        yield return Same(apk, "version code", apk.VersionCode, AndroidVersionCode.Of(version));
        yield return apk.ManifestFault is null
            ? Rule(
                "not debuggable",
                !apk.Debuggable,
                apk.Debuggable ? "debuggable; expected a release build" : "release build"
            )
            : Rule("not debuggable", false, apk.ManifestFault);
        yield return Same(apk, "minimum SDK", apk.MinSdk, settings.MinSdk);
        yield return Same(apk, "target SDK", apk.TargetSdk, settings.TargetSdk);
    }

    private static CheckResult Same<T>(ApkInspection apk, string name, T? found, T expected) =>
        apk.ManifestFault is not null ? Rule(name, false, apk.ManifestFault)
        : EqualityComparer<T>.Default.Equals(found, expected) ? Rule(name, true, $"{found}")
        : Rule(name, false, $"{(found is null ? "none" : $"'{found}'")}; expected '{expected}'");

    private static CheckResult Rule(string name, bool passed, string detail) =>
        new($"apk: {name}", passed ? CheckStatus.Passed : CheckStatus.Failed, detail);

    private static string Listed(ImmutableArray<string> schemes) =>
        schemes.IsEmpty ? "no scheme" : string.Join(", ", schemes);
}
