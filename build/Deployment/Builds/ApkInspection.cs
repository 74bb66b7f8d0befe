using System.Collections.Immutable;

namespace Slipway.Builds;

/// <summary>What the tools found in an APK. Nothing in it comes from a configuration.</summary>
public sealed record ApkInspection
{
    public required long Bytes { get; init; }

    /// <summary>Of the file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What is wrong with the archive; null when every entry unpacks to its checksum.</summary>
    public string? ArchiveFault { get; init; }

    /// <summary>Entries of the archive that were read.</summary>
    public int Entries { get; init; }

    /// <summary>Schemes that verified: <c>v1</c>, <c>v2</c>, <c>v3</c>, …</summary>
    public ImmutableArray<string> SignatureSchemes { get; init; } = [];

    /// <summary>Why no signature verifies; null when one does.</summary>
    public string? SignatureFault { get; init; }

    /// <summary>SHA-256 of each signer's certificate, lower-case hex.</summary>
    public ImmutableArray<string> CertificatesSha256 { get; init; } = [];

    /// <summary>Why the manifest cannot be read; null when it can. Everything below is empty otherwise.</summary>
    public string? ManifestFault { get; init; }

    public string? PackageId { get; init; }

    public string? VersionName { get; init; }

    public long VersionCode { get; init; }

    public int MinSdk { get; init; }

    public int TargetSdk { get; init; }

    public bool Debuggable { get; init; }

    public ImmutableArray<string> Permissions { get; init; } = [];
}
