using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Builds every service of a sub-project once, from the release's commit.</summary>
public sealed class ServiceBuild(DeploymentContext context, Release release, Action<OutputLine> onLine)
{
    public async Task<ImmutableArray<ServiceImage>> RunAsync(ImageKind kind, RunFolder folder, CancellationToken cancellation)
    {
        if (context.SubProject.Images.IsEmpty)
            throw new PipelineException(
                ExitCode.Usage,
                "the sub-project has no service to build",
                "at least one (slipway.json: subProjects[].images)"
            );
        var builder = new BundleBuilder(context.Workbench.Runner, context.Workbench.Git.ArchiveAsync, release.CommitSha);
        var images = await Task.WhenAll(
            context.SubProject.Images.Select(async image =>
            {
                var bundle = await builder.BuildAsync(
                    new BundleRequest(image.Service, image.Context, image.Prepare),
                    folder.PathOf("build"),
                    onLine,
                    cancellation
                );
                return new ServiceImage(
                    image.Service,
                    ImageKind.Bundle,
                    $"build/{Path.GetFileName(bundle.Path)}",
                    bundle.Digest,
                    [release.Version.FullVersion, release.CommitSha],
                    bundle.Bytes
                );
            })
        );
        return kind == ImageKind.Bundle ? [.. images] : await new ImageBuilder(context, release, onLine).RunAsync([.. images], folder, cancellation);
    }
}
