using Slipway.Builds;
using Slipway.Tools;

namespace Slipway.Pipeline.Sites;

/// <summary>Bundles of a run folder, unpacked once per digest, so that an instance outlives the run folder it came from.</summary>
public sealed class RunFolderBundles(RunFolder? run, string releases) : IBundleStore
{
    public async Task<string> UnpackAsync(ServiceImage image, CancellationToken cancellation)
    {
        var target = Path.Combine(releases, image.Digest.Replace(':', '-'));
        if (run is null)
            throw new InvalidOperationException("an instance is started from a run folder, and there is none here");
        await BundleArchive.UnpackAsync(run.PathOf(image.Reference), image.Digest, target, cancellation);
        return target;
    }
}
