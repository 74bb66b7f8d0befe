using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Backups;
using Slipway.Environments;

namespace Slipway.Records;

/// <summary>What a person at three in the morning needs to take a deployment back: section 9 of the deployment guide.</summary>
public static class RollbackInstructions
{
    /// <param name="restoreCommands">Commands that restore the backup by hand; null for the plain one of the guide.</param>
    public static string Markdown(
        DeploymentRecord record,
        EnvironmentConfiguration environment,
        ImmutableArray<string>? restoreCommands = null
    )
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            # Rollback instructions

            | | |
            |---|---|
            | Deployment | `{record.DeploymentId}` |
            | Version | `{record.Version}` |
            | Environment | {record.Environment}{(record.Region is null ? "" : $" ({record.Region})")} |
            | Version before | {(
                record.PreviousVersion is null ? "none: this is the first deployment" : $"`{record.PreviousVersion}`"
            )} |
            | Rollback window | {record.RollbackWindowMinutes.ToString("0.##", CultureInfo.InvariantCulture)} minutes |
            | Deadline | {Deadline(record)} |

            ## When to roll back

            - A critical service fails and the smoke tests did not see it.
            - Data is corrupt or inconsistent.
            - Performance is worse than the thresholds allow.
            - A vulnerability was found in this version.


            """
        );
        AppendSteps(text, record);
        AppendBackup(text, record, restoreCommands);
        text.Append(
            $"""
            ## Contact

            {environment.Notifications.OnCall
                ?? $"No contact is configured (environments/{record.Environment}/environment.json, notifications.onCall)."}

            """
        );
        return text.ToString();
    }

    /// <summary>The guide's command for a backup at a location.</summary>
    public static string RestoreCommand(string location)
    {
        var isFile = location.StartsWith("file://", StringComparison.Ordinal);
        var read = isFile ? $"cat {Quoted(new Uri(location).LocalPath)}" : $"aws s3 cp {Quoted(location)} -";
        if (BackupName.IsOf(location, BackupFormat.Directory))
            return $"mkdir -m 700 dump && {read} | tar -x -C dump && pg_restore -e -j 2 -d \"$DATABASE_URL\" dump";
        return isFile
            ? $"gunzip -c {Quoted(new Uri(location).LocalPath)} | psql -X -v ON_ERROR_STOP=1 \"$DATABASE_URL\""
            : $"{read} | gunzip | psql -X -v ON_ERROR_STOP=1 \"$DATABASE_URL\"";
    }

    private static void AppendSteps(StringBuilder text, DeploymentRecord record)
    {
        text.Append("## Steps\n\n");
        if (!record.RollbackAvailable)
        {
            text.Append(
                record.PreviousVersion is null
                    ? "There is no version to go back to. Deploy a corrected one.\n\n"
                    : $"This deployment ended as `{record.Status}`: `{record.PreviousVersion}` serves. Nothing is to be taken back.\n\n"
            );
            return;
        }
        text.Append(
            $"""
            1. **Make sure that it is necessary**: confirm with the lead of the team.
            2. **Take the traffic back** to `{record.PreviousVersion}` (until the deadline this is one switch, without a redeployment):

               ```bash
               ./build.sh --target=Rollback --environment={record.Environment}{(
                record.Region is null ? "" : $" --region={record.Region}"
            )}
               ```

               After the deadline add `--force --reason="why"`: the version is then deployed anew.
            3. **Restore the database** only if its data is damaged: everything written since the backup is lost.
               Add `--restore-database` to the command above, or use the command below.
            4. **Verify the services**: `{record.PreviousVersion}` serves and is healthy.

               ```bash
               ./build.sh --target=Status --environment={record.Environment}
               ```

            5. **Document the incident**: the rollback writes the report into its run folder; complete it.


            """
        );
    }

    private static void AppendBackup(
        StringBuilder text,
        DeploymentRecord record,
        ImmutableArray<string>? restoreCommands
    )
    {
        text.Append("## Backup\n\n");
        if (record.DatabaseBackup is not { } backup)
        {
            text.Append("There is none: no database existed before this deployment.\n\n");
            return;
        }
        var commands = restoreCommands ?? [RestoreCommand(backup.Location)];
        text.Append(
            $"""
            `{backup.BackupId}` of {Instant(backup.Timestamp)}, proven by a restore, at `{backup.Location}`.

            By hand, into an empty database:

            ```bash
            {string.Join('\n', commands)}
            ```


            """
        );
    }

    private static string Deadline(DeploymentRecord record) =>
        record.RollbackDeadline is { } deadline ? $"**{Instant(deadline)}**" : "none";

    private static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Quoted(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
            ? text
            : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
