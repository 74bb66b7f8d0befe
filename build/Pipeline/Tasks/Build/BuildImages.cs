using Cake.Frosting;
using Slipway.Builds;
using Slipway.Releases;

namespace Slipway.Pipeline.Tasks;

[TaskName("BuildImages")]
[TaskDescription("Builds each service once and records its digest: images in the registry, or bundles for local processes")]
[IsDependentOn(typeof(PreDeploymentChecks))]
public sealed class BuildImages : Stage<ImageSet>
{
    protected override async Task<ImageSet> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var (kind, why) = await run.Context.Site.ImageKindAsync(run.Cancellation);
        run.Info(why);
        var build = new ServiceBuild(run.Context, release, run.Line);
        var images = await build.RunAsync(kind, run.Folder, run.Cancellation);
        foreach (var image in images)
            run.Info($"{image.Service} {image.Digest}");
        foreach (var bundle in images.Where(image => image.Kind == ImageKind.Bundle))
            await run.NoteAsync(bundle.Reference);
        return new()
        {
            DeploymentId = run.Id,
            Reason = kind == ImageKind.Bundle ? why : null,
            Images = [.. images.OrderBy(image => image.Service, StringComparer.Ordinal)],
        };
    }
}
