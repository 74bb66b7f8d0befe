using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Tools;

namespace Slipway.Pipeline.Sites;

/// <summary>
/// Bundles of a run folder, unpacked once per digest, so that an instance outlives the run folder it came from: it is
/// started again from what was unpacked.
/// </summary>
public sealed class RunFolderBundles(RunFolder? run, string releases) : IBundleStore
{
    public async Task<string> UnpackAsync(ServiceImage image, CancellationToken cancellation)
    {
        var target = Path.Combine(releases, image.Digest.Replace(':', '-'));
        if (run is null && !Path.Exists(target))
            throw new PipelineException(
                $"{image.Service} cannot be started again: {target} is gone",
                "the bundle as it was unpacked at its deployment",
                "./build.sh --target=Deploy brings a version from its sources"
            );
        await BundleArchive.UnpackAsync(
            run?.PathOf(image.Reference) ?? target + ".tar",
            image.Digest,
            target,
            cancellation
        );
        return target;
    }
}
