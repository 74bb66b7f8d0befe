using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Outcomes;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// Brings a recorded backup back: into a new database, verified, swapped in by rename. What is asked for is a
/// deployment (the state before its migrations) or a backup by its id.
/// </summary>
public sealed class DatabaseRestore(DeploymentContext context)
{
    private const int Shown = 5;

    /// <summary>The backup that the request names: of the run folder where it is here, of the store otherwise.</summary>
    /// <exception cref="PipelineException">None was named, the deployment made none, or the store has none of that name.</exception>
    public async Task<BackupMetadata> FindAsync(CancellationToken cancellation)
    {
        var environment = context.Destination.Name;
        var request = context.Request;
        if (request is { Backup: null, DeploymentId: null })
            throw new PipelineException(
                ExitCode.Usage,
                "which backup is to be restored was not said",
                await ChoicesAsync(cancellation),
                "--deployment-id=<id> for the state before that deployment, or --backup=<id>"
            );
        var name = request.Backup is { } id
            ? BackupName.OfId(environment, id)
            : BackupName.Of(environment, request.DeploymentId!);
        if (request.Backup is null)
            DemandMade();
        var store = await context.OpenBackupsAsync(cancellation);
        if (await store.FindAsync(name.Metadata, cancellation) is null)
            throw new PipelineException(
                ExitCode.Usage,
                $"the store has no proven backup {name.Id} of {environment}",
                await ChoicesAsync(cancellation),
                "--backup=<one of them>"
            );
        return await BackupCatalog.ReadMetadataAsync(store, name, cancellation);
    }

    /// <summary>What to restore to what.</summary>
    public async Task<RestoreRequest> RequestAsync(BackupMetadata backup, CancellationToken cancellation)
    {
        var url =
            await context.Site.DatabaseUrlAsync(cancellation)
            ?? throw new PipelineException(
                $"{context.Destination.Name} says no database to restore to",
                "the output or secret that environment.json names in database",
                context.Site.IsSandbox ? "./build.sh --target=SandboxUp" : null
            );
        return new()
        {
            DeploymentId = backup.Backup.DeploymentId,
            Environment = backup.Environment,
            Database = PostgresUrl.Parse(url),
            Store = await context.OpenBackupsAsync(cancellation),
            Programs = context.Workbench.PostgresPrograms,
            Force = context.Request.Force,
            Reason = context.Request.Reason,
        };
    }

    /// <summary>
    /// Restores, and writes it down: in the ledger, and in the deployment's run folder where that is here. A ledger that
    /// cannot be written to is met before anything is touched.
    /// </summary>
    public async Task<RestoreResult> RunAsync(RestoreRequest request, CancellationToken cancellation)
    {
        _ = await context.Ledger.ReadSoundAsync(cancellation);
        var result = await new RestorePipeline(context.Time).RunAsync(request, progress: null, cancellation);
        if (context.Runs.Ids.Contains(request.DeploymentId))
            await context.Runs.At(request.DeploymentId).WriteAsync(result, CancellationToken.None);
        await WriteDownAsync(result, deploymentId: null);
        return result;
    }

    /// <summary>Into the ledger, after the fact: what cannot be written there is said as loudly as it has to be.</summary>
    /// <param name="deploymentId">The rollback that it was part of.</param>
    /// <exception cref="PipelineException">The ledger does not take it; the database is restored nevertheless.</exception>
    public async Task WriteDownAsync(RestoreResult result, string? deploymentId)
    {
        try
        {
            await context.Ledger.AppendAsync(result, deploymentId, CancellationToken.None);
        }
        catch (PipelineException failure)
        {
            throw new PipelineException(
                $"{result.Database} is {result.BackupId} again, but the ledger does not say so: {failure.Message}",
                "a remote that takes the entry",
                "tell people by hand: who restored it, when and why",
                failure
            );
        }
    }

    // The run folder knows why a deployment has no backup; without it the store's answer has to do.
    private void DemandMade()
    {
        var id = context.Request.DeploymentId!;
        if (
            context.Runs.Ids.Contains(id)
            && context.Runs.At(id).TryRead<BackupResult>() is { Outcome: StageOutcome.NotApplicable } none
        )
            throw new PipelineException(
                ExitCode.Usage,
                $"{id} made no backup: {none.Reason}",
                "a deployment that backed the database up before it migrated",
                "./build.sh --target=RestoreDatabase without --deployment-id lists the backups"
            );
    }

    private async Task<string> ChoicesAsync(CancellationToken cancellation)
    {
        ImmutableArray<BackupMetadata> backups = await new BackupCatalog(
            await context.OpenBackupsAsync(cancellation),
            context.Time
        ).ListAsync(context.Destination.Name, cancellation);
        return backups.IsEmpty
            ? $"a proven backup; the store of {context.Destination.Name} has none"
            : "one of "
                + string.Join(
                    ", ",
                    backups
                        .Take(Shown)
                        .Select(found => $"{found.Backup.BackupId} ({found.Backup.Timestamp:yyyy-MM-dd HH:mm} UTC)")
                )
                + (backups.Length > Shown ? $" and {backups.Length - Shown} older ones" : "");
    }
}
