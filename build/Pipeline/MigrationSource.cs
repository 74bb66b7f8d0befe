using System.Collections.Immutable;
using Slipway.Faults;
using Slipway.Ledger;
using Slipway.Migrations;
using Slipway.Pipeline.Sites;
using Slipway.Products;
using Slipway.Releases;
using Slipway.Rollouts;
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

    /// <summary>
    /// What the versions read that serve, are warm, or could be gone back to: by the words of their services' sources a
    /// contract migration is judged.
    /// </summary>
    public async Task<ImmutableArray<ReadingVersion>> ReadersAsync(Release release, CancellationToken cancellation)
    {
        var window = _context.Destination.RollbackWindow;
        var history = await _context.Ledger.ReadAsync(cancellation);
        var served = ServedVersion
            .Since(history, release.Version.SubProjectPath, _context.Time.GetUtcNow() - window)
            .Select(one =>
                (
                    Version: one.Version.FullVersion,
                    one.CommitSha,
                    Why: one.Until is { } until
                        ? $"it can be gone back to until {until + window:HH:mm} UTC"
                        : "it serves until the rollout has passed, and stays warm after it"
                )
            );
        // The environment's tag is asked, too: the first deployment after an import has no history.
        served = served.Concat(
            (await ServingAsync(release, cancellation)).Select(one =>
                (one.Version.FullVersion, one.CommitSha, "it serves")
            )
        );
        served = served.Concat(await WarmAsync(history, cancellation));
        var reading = new ReadingVersions(
            (commit, folder, token) =>
                ExportedFolder.ReadTextsAsync(_context.Workbench.Git.ArchiveAsync, commit, folder, token),
            [.. _context.SubProject.Images.Select(image => image.Context)]
        );
        var readers = ImmutableArray.CreateBuilder<ReadingVersion>();
        foreach (var one in served.DistinctBy(one => one.CommitSha))
            readers.Add(await reading.ReadAsync(one.Version, one.CommitSha, one.Why, cancellation));
        return readers.ToImmutable();
    }

    /// <summary>What stands by beside the version that serves, in any region, however long it has done so.</summary>
    private async Task<ImmutableArray<(string Version, string CommitSha, string Why)>> WarmAsync(
        DeploymentLedger history,
        CancellationToken cancellation
    )
    {
        if (!_context.Site.Exists)
            return [];
        var found = ImmutableArray.CreateBuilder<(string, string, string)>();
        foreach (var side in await _context.Site.LookAsync(region: null, cancellation))
        {
            var warm = await side.Workload.ReadAsync(Arm.Candidate, cancellation);
            var record = history.Entries.LastOrDefault(entry => entry.Record.DeploymentId == warm.DeploymentId)?.Record;
            if (warm.InstancesAlive > 0 && record is not null)
                found.Add((record.Version, record.GitSha, "it is still warm"));
        }
        return found.ToImmutable();
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
