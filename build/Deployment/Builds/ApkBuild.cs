using System.Collections.Immutable;
using System.Globalization;
using Slipway.Checks;
using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Builds;

/// <summary>How the configured build of an APK is called, and what is kept of its result.</summary>
public static class ApkBuild
{
    /// <summary>argv of the build: <c>{version}</c>, <c>{versionCode}</c> and <c>{output}</c> replaced in each argument.</summary>
    /// <param name="output">Absolute path of the APK that the build is to write.</param>
    public static ImmutableArray<string> Arguments(ApkSettings settings, ProjectVersion version, string output) =>
        [
            .. settings.Command.Select(argument =>
                argument
                    .Replace("{version}", version.Number, StringComparison.Ordinal)
                    .Replace(
                        "{versionCode}",
                        AndroidVersionCode.Of(version).ToString(CultureInfo.InvariantCulture),
                        StringComparison.Ordinal
                    )
                    .Replace("{output}", output, StringComparison.Ordinal)
            ),
        ];

    /// <param name="file">Path in the run folder.</param>
    public static ApkArtifact Artifact(
        string deploymentId,
        string file,
        ApkInspection apk,
        ImmutableArray<CheckResult> checks,
        string commitSha
    ) =>
        new()
        {
            DeploymentId = deploymentId,
            File = file,
            Sha256 = apk.Sha256,
            Bytes = apk.Bytes,
            PackageId = apk.PackageId,
            VersionName = apk.VersionName,
            VersionCode = apk.VersionCode,
            MinSdk = apk.MinSdk,
            TargetSdk = apk.TargetSdk,
            Debuggable = apk.Debuggable,
            SignatureSchemes = apk.SignatureSchemes,
            CertificateSha256 = apk.CertificatesSha256.FirstOrDefault(),
            Checks = checks,
            ArtifactName = $"production-apk-{commitSha}",
        };
}
