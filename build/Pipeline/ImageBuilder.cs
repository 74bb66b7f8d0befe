using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Makes an image of each prepared bundle, pushes it under the names for people, and keeps its digest.</summary>
public sealed class ImageBuilder(DeploymentContext context, Release release, Action<OutputLine> onLine)
{
    private readonly Docker _docker = new(context.Workbench.Runner, new DockerEngine());

    public async Task<ImmutableArray<ServiceImage>> RunAsync(
        ImmutableArray<ServiceImage> bundles,
        RunFolder folder,
        CancellationToken cancellation
    )
    {
        var registry =
            context.Destination.Registry
            ?? throw new PipelineException(
                ExitCode.Usage,
                $"{context.Destination.Name} has no registry to push images to",
                "registry: host[:port][/path] in its environment.json"
            );
        await context.Site.PrepareImagesAsync(cancellation);
        var images = ImmutableArray.CreateBuilder<ServiceImage>();
        // One after the other: the engine builds with all cores as it is, and its cache is shared.
        foreach (var bundle in bundles)
            images.Add(await BuildAsync(bundle, registry, folder, cancellation));
        return images.ToImmutable();
    }

    private async Task<ServiceImage> BuildAsync(ServiceImage bundle, string registry, RunFolder folder, CancellationToken cancellation)
    {
        var settings = context.SubProject.Images.Single(image => image.Service == bundle.Service);
        var unpacked = folder.PathOf($"build/{bundle.Service}");
        await BundleArchive.UnpackAsync(folder.PathOf(bundle.Reference), bundle.Digest, unpacked, cancellation);
        var name = $"{registry}/{context.Product.Name}/{bundle.Service}";
        ImmutableArray<string> tags = [$"{name}:{release.Version.Semver}", $"{name}:{release.CommitSha}"];
        var dockerfile = Path.GetRelativePath(settings.Context, settings.Dockerfile);
        await _docker.BuildAsync(
            new ImageBuild(unpacked, Path.Combine(unpacked, dockerfile), tags)
            {
                Arguments = ImmutableSortedDictionary<string, string>.Empty.Add("SERVICE", bundle.Service),
                Labels = ImmutableSortedDictionary<string, string>
                    .Empty.Add("org.opencontainers.image.version", release.Version.Number)
                    .Add("org.opencontainers.image.revision", release.CommitSha),
            },
            onLine,
            cancellation
        );
        var pushed = await _docker.PushAsync(tags, onLine, cancellation);
        return bundle with { Kind = ImageKind.Docker, Reference = pushed.Reference, Digest = pushed.Digest, Tags = tags, Bytes = pushed.Bytes };
    }
}
