using System.Text.Json.Serialization;
using Slipway.Outcomes;

namespace Slipway.Versions;

public sealed partial record ProjectVersion
{
    private const int LargestCode = 2_100_000_000; // Google Play takes no larger one

    /// <summary>
    /// Android's <c>versionCode</c>: <c>v1.2.3</c> → 1002003. A prerelease has the code of its release, so it can be
    /// installed over it, never beside it in a store.
    /// </summary>
    /// <exception cref="PipelineException">MINOR or PATCH above 999, or a code of 0 or above Android's largest.</exception>
    [JsonIgnore]
    public int VersionCode
    {
        get
        {
            var code = (Major * 1_000_000L) + (Minor * 1_000L) + Patch;
            return Minor <= 999 && Patch <= 999 && code is > 0 and <= LargestCode
                ? (int)code
                : throw new PipelineException(
                    $"{FullVersion} has no Android version code",
                    $"MINOR and PATCH up to 999, MAJOR up to {LargestCode / 1_000_000}, and not v0.0.0"
                );
        }
    }
}
