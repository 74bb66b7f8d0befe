using System.Text.Json.Serialization;

namespace Slipway.Versions;

/// <summary>The version of a sub-project: <c>[&lt;path&gt;/]vMAJOR.MINOR.PATCH[-prerelease]</c>, SemVer 2.0 without build metadata.</summary>
/// <param name="FullVersion">The whole tag, e.g. <c>api/v1.2.3-beta.1</c>.</param>
/// <param name="SubProjectPath">Path of the sub-project in the monorepo; empty for the root.</param>
/// <param name="Semver">The version with its <c>v</c>, e.g. <c>v1.2.3-beta.1</c>.</param>
/// <param name="Prerelease">The part after the hyphen, or null.</param>
public sealed partial record ProjectVersion(
    string FullVersion,
    string SubProjectPath,
    string Semver,
    int Major,
    int Minor,
    int Patch,
    string? Prerelease
)
{
    /// <summary>The version without <c>v</c> and path, as <c>/health</c> and an APK's versionName say it: <c>1.2.3</c>.</summary>
    [JsonIgnore]
    public string Number => Semver[1..];

    public override string ToString() => FullVersion;
}
