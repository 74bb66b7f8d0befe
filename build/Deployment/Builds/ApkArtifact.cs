using System.Collections.Immutable;
using Slipway.Checks;
using Slipway.Runs;

namespace Slipway.Builds;

/// <summary>Output of BuildApk: the verified package. All identity fields are as read from the APK, not from the configuration.</summary>
public sealed record ApkArtifact : StageOutput, IStageFile
{
    public static string FileName => "build/apk.json";

    /// <summary>Path in the run folder: <c>build/build_production.apk</c>; null when the sub-project has no APK.</summary>
    public string? File { get; init; }

    public string? Sha256 { get; init; }

    public long Bytes { get; init; }

    public string? PackageId { get; init; }

    public string? VersionName { get; init; }

    public long VersionCode { get; init; }

    public int MinSdk { get; init; }

    public int TargetSdk { get; init; }

    public bool Debuggable { get; init; }

    /// <summary>Signature schemes that verified: <c>v1</c>, <c>v2</c>, <c>v3</c>.</summary>
    public ImmutableArray<string> SignatureSchemes { get; init; } = [];

    /// <summary>SHA-256 of the signer's certificate, lower-case hex.</summary>
    public string? CertificateSha256 { get; init; }

    public ImmutableArray<CheckResult> Checks { get; init; } = [];

    /// <summary>Name under which the file is kept as an artefact: <c>production-apk-&lt;sha&gt;</c>.</summary>
    public string? ArtifactName { get; init; }
}
