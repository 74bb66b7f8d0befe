using System.Collections.Immutable;
using Slipway.Faults;
using Slipway.Migrations;
using Slipway.Pipeline.Sites;
using Slipway.Products;
using Slipway.Releases;
using Slipway.Toolbox;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>The migrations of a release as they stand at its commit, in a folder of their own while they are applied.</summary>
public sealed class MigrationSource : IDisposable
{
    private readonly DeploymentContext _context;
    private readonly ExportedFolder _folder;

    private MigrationSource(DeploymentContext context, ExportedFolder folder, MigrationTool tool)
    {
        _context = context;
        _folder = folder;
        Tool = tool;
    }

    public MigrationTool Tool { get; }

    public static async Task<MigrationSource> ExportAsync(
        DeploymentContext context,
        Release release,
        MigrationSettings settings,
        CancellationToken cancellation
    )
    {
        var folder = await ExportedFolder.CreateAsync(
            context.Workbench.Git.ArchiveAsync,
            release.CommitSha,
            settings.Folder,
            cancellation
        );
        if (release.SandboxFault is { } fault && SandboxFault.Parse(fault).Bearer == FaultBearer.Migration)
            folder.Add(context.Workbench.PathOf("sandbox/faults/migrations"));
        var tool = MigrationFolder.ToolFor(
            settings.Tool,
            folder.Location,
            context.Workbench.Root,
            settings.Command,
            release.Environment,
            context.Workbench.Installed.PathOf(ToolCatalogue.Dbmate)
        );
        return new(context, folder, tool);
    }

    /// <summary>What the versions that serve read: the words of their services' sources, by which a contract migration is judged.</summary>
    public async Task<ImmutableArray<ReadingVersion>> ReadersAsync(Release release, CancellationToken cancellation)
    {
        var readers = ImmutableArray.CreateBuilder<ReadingVersion>();
        foreach (var (version, commit) in await ServingAsync(release, cancellation))
        {
            var texts = new List<string>();
            foreach (
                var context in _context
                    .SubProject.Images.Select(image => image.Context)
                    .Distinct(StringComparer.Ordinal)
            )
            {
                using var sources = await ExportedFolder.CreateAsync(
                    _context.Workbench.Git.ArchiveAsync,
                    commit,
                    context,
                    cancellation
                );
                texts.AddRange(sources.ReadTexts());
            }
            readers.Add(
                new(
                    version.FullVersion,
                    "it serves until the rollout has passed, and stays warm after it",
                    SchemaWords.Of(texts)
                )
            );
        }
        return readers.ToImmutable();
    }

    /// <summary>What the environment's tag names, and what a region serves that is apart from it: they share the database.</summary>
    private async Task<ImmutableArray<(ProjectVersion Version, string CommitSha)>> ServingAsync(
        Release release,
        CancellationToken cancellation
    )
    {
        var serving = ImmutableArray.CreateBuilder<(ProjectVersion Version, string CommitSha)>();
        if (release is { PreviousVersion: { } before, PreviousCommitSha: { } commit })
            serving.Add((before, commit));
        if (_context.Destination.Regions.IsEmpty)
            return serving.ToImmutable();
        var tags = await _context.Releases.RemoteTagsAsync(cancellation);
        foreach (var (_, version) in await EveryRegion.ServingAsync(_context.Site, region: null, cancellation))
            if (version is not null && !serving.Any(one => one.Version == version) && tags.Find(version) is { } tag)
                serving.Add((version, tag.CommitSha));
        return serving.ToImmutable();
    }

    public void Dispose() => _folder.Dispose();
}
