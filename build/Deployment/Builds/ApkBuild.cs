using System.Collections.Immutable;
using Slipway.Checks;

namespace Slipway.Builds;

/// <summary>What is kept of a built APK: what the tools found in it, and nothing that was only configured.</summary>
public static class ApkBuild
{
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
