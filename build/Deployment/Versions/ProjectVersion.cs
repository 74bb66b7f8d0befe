using System.Text.Json.Serialization;

namespace Slipway.Versions;

/// <summary>The version of a sub-project: <c>[&lt;path&gt;/]vMAJOR.MINOR.PATCH[-prerelease]</c>, SemVer 2.0 without build metadata.</summary>
/// <param name="FullVersion">The whole tag, e.g. <c>api/v1.2.3-beta.1</c>.</param>
/// <param name="SubProjectPath">Path of the sub-project in the monorepo; empty for the root.</param>
/// <param name="Semver">The version with its <c>v</c>, e.g. <c>v1.2.3-beta.1</c>.</param>
/// <param name="Prerelease">The part after the hyphen, or null.</param>
[JsonConverter(typeof(ProjectVersionJsonConverter))]
public sealed partial record ProjectVersion(
    string FullVersion,
    string SubProjectPath,
    string Semver,
    int Major,
    int Minor,
    int Patch,
    string? Prerelease
) : IComparable<ProjectVersion>
{
    /// <summary>The version without <c>v</c> and path, as <c>/health</c> and an APK's versionName say it: <c>1.2.3</c>.</summary>
    [JsonIgnore]
    public string Number => Semver[1..];

    [JsonIgnore]
    public bool IsPrerelease => Prerelease is not null;

    /// <summary>The ref that names it, e.g. <c>refs/tags/api/v1.2.3</c>.</summary>
    [JsonIgnore]
    public string TagRef => $"refs/tags/{FullVersion}";

    public override string ToString() => FullVersion;

    /// <summary>Order of sub-projects first, then precedence of SemVer 2.0.</summary>
    public int CompareTo(ProjectVersion? other)
    {
        if (other is null)
            return 1;
        var byPath = string.CompareOrdinal(SubProjectPath, other.SubProjectPath);
        return byPath != 0 ? byPath : VersionPrecedence.Compare(this, other);
    }
}
