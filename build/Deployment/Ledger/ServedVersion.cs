using System.Collections.Immutable;
using Slipway.Records;
using Slipway.Versions;

namespace Slipway.Ledger;

/// <summary>A version that served an environment, and until when.</summary>
/// <param name="Until">When another one took over; null: it serves.</param>
public sealed record ServedVersion(ProjectVersion Version, string CommitSha, DateTimeOffset? Until)
{
    /// <summary>
    /// The version that serves, and those that another one replaced after <paramref name="since"/>: they can be gone back
    /// to. Newest first, each once.
    /// </summary>
    public static ImmutableArray<ServedVersion> Since(DeploymentLedger ledger, string subProject, DateTimeOffset since)
    {
        // A rollback is a success, too: of the version that it went back to.
        var deployments = ledger
            .Entries.Select(entry => entry.Record)
            .Where(record => record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success))
            .Select(record =>
                (record, version: ProjectVersion.TryParse(record.Version, out var version, out _) ? version : null)
            )
            .Where(one => one.version?.SubProjectPath == subProject)
            .ToArray();
        return
        [
            .. deployments
                .Select(
                    (one, at) =>
                        new ServedVersion(
                            one.version!,
                            one.record.GitSha,
                            at + 1 < deployments.Length ? deployments[at + 1].record.Timestamp : null
                        )
                )
                .Where(served => served.Until is null || served.Until > since)
                .Reverse()
                .DistinctBy(served => served.CommitSha),
        ];
    }
}
