using Slipway.Runs;

namespace Slipway.Backups;

/// <param name="BackupId">The backup that covers what follows; null on a first deployment.</param>
/// <param name="Refusal">What is missing; null when it suffices.</param>
public sealed record BackupVerdict(string? BackupId, string? Refusal)
{
    public bool Suffices => Refusal is null;
}

/// <summary>Whether a backup entitles Migrate to touch the database. No other evidence counts.</summary>
/// <param name="FirstDeploymentAllowed">Whether the configuration lets a deployment without a database go on.</param>
/// <param name="MaximumAge">A backup older than this does not hold what users wrote since; null: any age.</param>
public sealed record BackupProofRule(bool FirstDeploymentAllowed, TimeSpan? MaximumAge = null)
{
    public BackupVerdict Judge(BackupResult? backup, string deploymentId, DateTimeOffset now)
    {
        if (backup is null)
            return Refuse($"there is no {BackupResult.FileName} in the run folder");
        if (backup.DeploymentId != deploymentId)
            return Refuse($"the backup belongs to deployment '{backup.DeploymentId}', this is '{deploymentId}'");
        if (backup.Outcome == StageOutcome.NotApplicable)
        {
            return FirstDeploymentAllowed
                ? new BackupVerdict(null, null)
                : Refuse(
                    $"Backup did not apply ({backup.Reason ?? "no reason given"}), and Backup is not an optional stage"
                );
        }
        if (backup.BackupId is not { Length: > 0 } id || backup.Location is not { Length: > 0 })
            return Refuse("the backup names no object");
        if (backup.Proof is not { } proof)
            return Refuse($"{id} was never restored and compared");
        if (!proof.Passed)
            return Refuse($"the proof of {id} failed: {proof.Detail}");
        if (backup.SqlSha256 is null || proof.SourceSqlSha256 != backup.SqlSha256)
            return Refuse($"the proof of {id} speaks of another dump");
        if (MaximumAge is { } limit && now - backup.Timestamp > limit)
            return Refuse(
                $"{id} is {(now - backup.Timestamp)!.Value.TotalHours:0.#} hours old, at most {limit.TotalHours:0.#} are allowed"
            );
        return new BackupVerdict(id, null);
    }

    private static BackupVerdict Refuse(string why) => new(null, why);
}
