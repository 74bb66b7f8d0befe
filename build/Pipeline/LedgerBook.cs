using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>The ledger of an environment at its remote: read, and appended in the same push that moves the environment tag.</summary>
public sealed class LedgerBook(DeploymentContext context, ISite site, string environment)
{
    public LedgerBook(DeploymentContext context)
        : this(context, context.Site, context.Destination.Name) { }

    private Git Git => context.Workbench.Git;

    private string Environment => environment;

    private string RemotePrefix => $"{LedgerLink.RefPrefix}{Environment}/";

    // Beside the refs that people see: reading the ledger leaves no tag and no branch in a checkout.
    private string LocalPrefix => $"refs/slipway/ledger/{Environment}/";

    /// <param name="tagCommit">What the environment's tag names, to notice that the newest entries are missing; null when that is not asked.</param>
    public async Task<DeploymentLedger> ReadAsync(
        CancellationToken cancellation,
        string? tagCommit = null,
        string subProject = ""
    )
    {
        await Git.FetchAsync(site.Remote, [$"+{RemotePrefix}*:{LocalPrefix}*"], cancellation);
        var known = (await Git.RemoteRefsAsync(site.Remote, RemotePrefix, cancellation))
            .Select(found => found.Name)
            .ToHashSet(StringComparer.Ordinal);
        var objects = await Git.TagObjectsAsync(LocalPrefix, cancellation);
        return DeploymentLedger.Verify(
            Environment,
            objects
                .Select(found => (RefName: RemotePrefix + found.Ref[LocalPrefix.Length..], found.Message))
                .Where(found => known.Contains(found.RefName)),
            tagCommit,
            subProject
        );
    }

    /// <summary>Which attempt of a deployment is recorded next: a resumed one has failed before.</summary>
    public async Task<int> NextAttemptAsync(string deploymentId, CancellationToken cancellation) =>
        (await ReadAsync(cancellation)).Entries.Count(entry => entry.Record.DeploymentId == deploymentId) + 1;

    /// <param name="record">As the run folder has it: nothing can be taken out of the ledger again.</param>
    /// <param name="release">When given, its environment tag is moved in the same push.</param>
    /// <exception cref="PipelineException">The tag moved under us, or the ledger is not sound.</exception>
    public async Task AppendAsync(DeploymentRecord record, Release? release, CancellationToken cancellation)
    {
        var ledger = await ReadSoundAsync(cancellation);
        await PushAsync(LedgerEntry.Append(record, ledger.Last), record.GitSha, release, cancellation);
    }

    /// <summary>Writes down that a database was replaced by a backup.</summary>
    /// <param name="deploymentId">The rollback that it was part of.</param>
    /// <exception cref="PipelineException">The ledger is not sound, or does not take it.</exception>
    public async Task AppendAsync(RestoreResult result, string? deploymentId, CancellationToken cancellation)
    {
        var ledger = await ReadSoundAsync(cancellation);
        var serves = ledger.Entries.LastOrDefault(entry =>
            entry.Record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success)
        );
        var record = RestoreRecord.Compose(
            result,
            Environment,
            context.Origin.Actor,
            serves?.Record.GitSha ?? await Git.HeadShaAsync(cancellation),
            deploymentId,
            context.Time.GetUtcNow()
        );
        await PushAsync(RestoreEntry.Append(record, ledger.Last), record.GitSha, release: null, cancellation);
    }

    /// <exception cref="PipelineException">Somebody changed the history: nothing may be appended to it.</exception>
    public async Task<DeploymentLedger> ReadSoundAsync(CancellationToken cancellation)
    {
        var ledger = await ReadAsync(cancellation);
        return ledger.IsSound
            ? ledger
            : throw new PipelineException(
                $"the ledger of {Environment} was changed:\n{string.Join('\n', ledger.Findings)}",
                "a history that nobody touched",
                "find out who wrote to refs/deployments before anything is appended to it"
            );
    }

    private async Task PushAsync(LedgerLink link, string commit, Release? release, CancellationToken cancellation)
    {
        var tag = await Git.CreateTagObjectAsync(
            link.RefName["refs/".Length..],
            commit,
            link.Message,
            link.Timestamp,
            cancellation
        );
        var refs = ImmutableArray.Create(PushRef.Create(tag, link.RefName));
        if (release is not null)
            refs = refs.Add(await TagMoveAsync(release, cancellation));
        var pushed = await Git.PushAsync(site.Remote, refs, cancellation);
        if (pushed.Outcome == PushOutcome.Stale)
            throw Moved(
                string.Join(", ", pushed.Refs.Where(found => found.Reason is not null).Select(found => found.Target))
            );
    }

    private async Task<PushRef> TagMoveAsync(Release release, CancellationToken cancellation)
    {
        var name = "refs/tags/" + EnvironmentTag.NameOf(release.Version.SubProjectPath, release.Environment);
        var now = await Git.RemoteRefAsync(site.Remote, name, cancellation);
        // Where it points already, an attempt before this one has got so far.
        return now?.Commit == release.PreviousCommitSha || now?.Commit == release.CommitSha
            ? PushRef.Move(release.CommitSha, name, now?.Sha)
            : throw Moved(name);
    }

    private static PipelineException Moved(string what) =>
        new(
            $"{what} moved under this deployment: somebody else deployed meanwhile",
            "the environment's tag where it was when this deployment began",
            "./build.sh --target=Deploy, once the other deployment is understood"
        );
}
