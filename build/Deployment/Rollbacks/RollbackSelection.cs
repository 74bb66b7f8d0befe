using System.Collections.Immutable;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Versions;

namespace Slipway.Rollbacks;

public sealed record RollbackCandidate(ProjectVersion Version, VersionState State, string CommitSha);

/// <param name="Reason">Why it is no target, for people.</param>
public sealed record RejectedVersion(ProjectVersion Version, string Reason);

/// <summary>Where a rollback can go: every version that was considered is a candidate, or rejected with its reason.</summary>
/// <param name="Candidates">Best first: stable, then without a state, then unstable; higher versions first.</param>
public sealed record RollbackSelection(
    ProjectVersion Current,
    string Environment,
    bool ExcludeUnstable,
    ImmutableArray<RollbackCandidate> Candidates,
    ImmutableArray<RejectedVersion> Rejected
)
{
    /// <summary>The best candidate; null when there is none.</summary>
    public RollbackCandidate? Target => Candidates.IsEmpty ? null : Candidates[0];

    public static RollbackSelection Of(
        ProjectVersion current,
        TagSet tags,
        DeploymentLedger ledger,
        bool excludeUnstable = false
    )
    {
        var path = current.SubProjectPath;
        var deployed = ledger.Deployed(path);
        var commits = DeployedCommits(ledger);
        var candidates = new List<RollbackCandidate>();
        var rejected = new List<RejectedVersion>();
        foreach (var tag in tags.Of(path).Where(tag => tag.Version != current))
        {
            var state = tags.StateOf(tag.Version);
            var reason =
                tag.Version.CompareTo(current) > 0 ? $"higher than {current}"
                : !deployed.Contains(tag.Version) ? $"never deployed to {ledger.Environment}"
                : state == VersionState.Deprecated ? "deprecated"
                : state == VersionState.Unstable && excludeUnstable ? "unstable"
                : !commits.Contains((tag.Version.FullVersion, tag.CommitSha))
                    ? "its tag does not stand where it was deployed from"
                : null;
            if (reason is null)
                candidates.Add(new(tag.Version, state, tag.CommitSha));
            else
                rejected.Add(new(tag.Version, reason));
        }
        rejected.AddRange(
            deployed
                .Where(version => version != current && tags.Find(version) is null)
                .Select(version => new RejectedVersion(version, "its tag is gone"))
        );
        return new(
            current,
            ledger.Environment,
            excludeUnstable,
            [
                .. candidates
                    .OrderBy(candidate => Rank(candidate.State))
                    .ThenByDescending(candidate => candidate.Version),
            ],
            [.. rejected.OrderByDescending(version => version.Version)]
        );
    }

    /// <param name="asked"><c>--version</c>; null for the best one.</param>
    /// <exception cref="PipelineException">There is no target, or the one asked for is none.</exception>
    public RollbackCandidate Demand(ProjectVersion? asked = null)
    {
        if (asked is null)
            return Target
                ?? throw new PipelineException(
                    $"there is no version of {Environment} to go back to from {Current}{Reasons()}",
                    $"a lower version that was deployed to {Environment} and is not deprecated",
                    $"./build.sh --target=Deploy --environment={Environment} --version=<a corrected version>"
                );
        var reason =
            asked.SubProjectPath != Current.SubProjectPath ? "of another sub-project"
            : asked == Current ? "in service now"
            : Rejected.FirstOrDefault(version => version.Version == asked)?.Reason ?? "not tagged";
        return Candidates.FirstOrDefault(candidate => candidate.Version == asked)
            ?? throw new PipelineException(
                ExitCode.Usage,
                $"{asked} is no target of a rollback from {Current}: {reason}",
                Candidates.IsEmpty
                    ? "nothing: there is no target"
                    : $"one of {string.Join(", ", Candidates.Select(c => c.Version))}",
                Target is null ? null : $"--version={Target.Version}"
            );
    }

    private string Reasons() =>
        Rejected.IsEmpty
            ? ""
            : ":\n" + string.Join('\n', Rejected.Select(version => $"  {version.Version}: {version.Reason}"));

    private static int Rank(VersionState state) =>
        state switch
        {
            VersionState.Stable => 0,
            VersionState.None => 1,
            _ => 2,
        };

    private static HashSet<(string Version, string CommitSha)> DeployedCommits(DeploymentLedger ledger) =>
        [
            .. ledger
                .Entries.Where(entry => entry.Record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success))
                .Select(entry => (entry.Record.Version, entry.Record.GitSha)),
        ];
}
