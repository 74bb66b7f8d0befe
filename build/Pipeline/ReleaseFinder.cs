using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <param name="Previous">What the environment's tag names now; null on a first deployment.</param>
public sealed record FoundRelease(
    ProjectVersion Version,
    string CommitSha,
    string GitRef,
    string? ForceReason,
    ProjectVersion? Previous,
    string? PreviousCommitSha
);

/// <summary>Finds what is to be released in the tags of the checkout and of the environment's remote.</summary>
public sealed class ReleaseFinder(DeploymentContext context)
{
    private Git Git => context.Workbench.Git;

    private string Project => context.SubProject.Path;

    /// <exception cref="PipelineException">Nothing to release, or it may not be.</exception>
    public async Task<FoundRelease> FindAsync(CancellationToken cancellation)
    {
        var here = Parse(await Git.TagsAsync(cancellation));
        var remote = Parse(await Git.RemoteTagsAsync(context.Site.Remote, cancellation));
        // The sandbox's own remote learns the checkout's version tags when they are deployed: nobody pushes to it.
        var known = context.Site.IsSandbox
            ? new TagSet(here.Versions.Concat(remote.All).DistinctBy(tag => tag.Name))
            : remote;
        var request = context.Request;
        var selected = ReleaseSelection.Select(
            new(
                await Git.HeadShaAsync(cancellation),
                request.Version,
                context.Origin.PushedRef,
                Project,
                request.Force,
                request.Reason,
                context.Site.IsSandbox
            ),
            here,
            known
        );
        await EnsureTagAsync(selected, remote, cancellation);
        var current = remote.Pointer(context.Destination.Name, Project);
        return new(
            selected.Version,
            selected.CommitSha,
            selected.GitRef,
            selected.ForceReason,
            remote.CurrentVersion(context.Destination.Name, Project),
            current?.CommitSha
        );
    }

    /// <summary>The tags of the environment's remote.</summary>
    public async Task<TagSet> RemoteTagsAsync(CancellationToken cancellation) =>
        Parse(await Git.RemoteTagsAsync(context.Site.Remote, cancellation));

    /// <summary>An id that no run folder has.</summary>
    public string NewId(string commitSha) =>
        DeploymentId.Next(
            context.Time.GetUtcNow(),
            commitSha,
            context.Runs.Ids.ToImmutableHashSet(StringComparer.Ordinal)
        );

    private async Task EnsureTagAsync(ReleaseSelection selected, TagSet remote, CancellationToken cancellation)
    {
        if (!context.Site.IsSandbox || remote.Find(selected.Version) is not null)
            return;
        var tag = await Git.CreateTagObjectAsync(
            selected.Version.FullVersion,
            selected.CommitSha,
            $"{selected.Version}, made by a deployment to {context.Destination.Name}",
            context.Time.GetUtcNow(),
            cancellation
        );
        var pushed = await Git.PushAsync(context.Site.Remote, [PushRef.Create(tag, selected.GitRef)], cancellation);
        if (pushed.Outcome == PushOutcome.Stale)
            throw new PipelineException(
                $"the tag {selected.Version} was made in the sandbox's remote by somebody else meanwhile",
                next: "./build.sh --target=Deploy again"
            );
    }

    private TagSet Parse(IEnumerable<GitTag> tags) =>
        TagSet.Parse(tags.Select(tag => (tag.Name, tag.Commit)), context.Configured.Demand().EnvironmentNames);
}
