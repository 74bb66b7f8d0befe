using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Builds;

/// <summary>
/// The number by which Android orders the versions of a package: <c>major·1,000,000 + minor·1,000 + patch</c>, so that
/// it follows from the version alone. A prerelease has the number of its release: both are never published as an
/// update of each other.
/// </summary>
public static class AndroidVersionCode
{
    /// <summary>The largest number that Google Play takes.</summary>
    public const long Maximum = 2_100_000_000;

    /// <exception cref="PipelineException">The version has no number: minor or patch above 999, or out of 1 to <see cref="Maximum"/>.</exception>
    public static int Of(ProjectVersion version)
    {
        var code = (version.Major * 1_000_000L) + (version.Minor * 1_000L) + version.Patch;
        if (version.Minor > 999 || version.Patch > 999 || code is < 1 or > Maximum)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"version {version.FullVersion}: no Android version code follows from it",
                expected: "minor and patch from 0 to 999, and a version from 0.0.1 to 2100.0.0",
                next: "choose the next minor or major version: ./build.sh --target=ReleaseVersion"
            );
        }

        return (int)code;
    }
}
