using Cake.Frosting;
using Slipway.Backups;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("Backup")]
[TaskDescription("Dumps the database to the backup store and proves it: read back, restored, compared")]
[IsDependentOn(typeof(PreDeploymentChecks))]
public sealed class Backup : Stage<BackupResult>
{
    protected override async Task<BackupResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var environment = run.Context.Destination;
        if (environment.Database is null || environment.Backup is not { } backup)
            return NotApplicable(run, $"{environment.Name} has no database (environment.json: database, backup)");
        if (await run.Context.Site.DatabaseUrlAsync(run.Cancellation) is not { } url)
            return release.PreviousVersion is null
                ? NotApplicable(run, "first deployment: there is no database yet")
                : throw run.Context.Site.DatabaseIsGone(release.PreviousVersion);
        var result = await run.Context.Workbench.Backups.RunAsync(
            new BackupRequest
            {
                Environment = environment.Name,
                DeploymentId = run.Id,
                Database = PostgresUrl.Parse(url),
                Store = await run.Context.OpenBackupsAsync(run.Cancellation),
                Format = backup.Format,
                Programs = run.Context.Workbench.PostgresPrograms,
                Retention = TimeSpan.FromDays(backup.RetentionDays),
            },
            progress: null,
            run.Cancellation
        );
        run.Info(
            $"{result.Location}: {result.Tables.Length} tables, {result.Tables.Sum(table => table.Rows)} rows, "
                + $"{result.CompressedBytes} bytes; {result.Proof?.Method}"
        );
        return result;
    }

    private static BackupResult NotApplicable(StageRun run, string reason)
    {
        run.Info(reason);
        return new()
        {
            DeploymentId = run.Id,
            Outcome = StageOutcome.NotApplicable,
            Reason = reason,
        };
    }
}
