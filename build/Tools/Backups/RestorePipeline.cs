using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

public sealed record RestoreRequest
{
    /// <summary>The deployment whose backup is restored.</summary>
    public required string DeploymentId { get; init; }

    public required string Environment { get; init; }

    /// <summary>The database to restore to; it need not exist.</summary>
    public required PostgresUrl Database { get; init; }

    public required IBackupStore Store { get; init; }

    public PostgresPrograms Programs { get; init; } = new();

    /// <summary>Replaces a database that holds something; needs <see cref="Reason"/>.</summary>
    public bool Force { get; init; }

    public string? Reason { get; init; }
}

/// <summary>
/// Restores a backup into a new database, verifies it against the metadata, and only then swaps it in by rename. The
/// replaced database is kept under another name; any failure before the swap leaves it serving.
/// </summary>
public sealed class RestorePipeline(TimeProvider time)
{
    /// <summary>The same by hand, for a person without this program.</summary>
    public static async Task<ImmutableArray<string>> ManualCommandsAsync(
        RestoreRequest request,
        CancellationToken cancellation
    )
    {
        var name = BackupName.Of(request.Environment, request.DeploymentId);
        var metadata = await BackupCatalog.ReadMetadataAsync(request.Store, name, cancellation);
        return ManualRestore.Commands(
            request.Store.Locate(name.In(metadata.Backup.Format).Object),
            metadata.Backup.Format,
            request.Database.Host,
            request.Database.Port,
            request.Database.User,
            Postgres.Truncated($"{request.Database.Database}_restored"),
            metadata.Database,
            request.Store.Endpoint
        );
    }

    public async Task<RestoreResult> RunAsync(
        RestoreRequest request,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return await RestoreAsync(request, progress, cancellation);
        }
        catch (NpgsqlException failure)
        {
            throw new PipelineException(
                $"the restore to {request.Database} failed in the database: {failure.Message}",
                expected: "a user that may create and rename databases",
                next: "the database in use is as it was; remove the cause and repeat",
                inner: failure
            );
        }
    }

    private async Task<RestoreResult> RestoreAsync(
        RestoreRequest request,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var name = BackupName.Of(request.Environment, request.DeploymentId);
        var metadata = await BackupCatalog.ReadMetadataAsync(request.Store, name, cancellation);
        var inUse = new Postgres(request.Database, $"slipway-restore-{request.DeploymentId}");
        var exists = await inUse.ExistsAsync(cancellation);
        var isEmpty = exists && await inUse.IsEmptyAsync(cancellation);
        if (RestoreRule.Refusal(exists, isEmpty, request.Force, request.Reason) is { } refusal)
        {
            throw new PipelineException(
                $"{request.Database} is not restored from {name.Id}: {refusal}",
                expected: "an empty database, one that does not exist, or --force --reason",
                next: $"./build.sh --target=RestoreDatabase --environment={request.Environment} --deployment-id={request.DeploymentId} --force --reason=\"…\""
            );
        }

        var stamp = startedAt.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var fresh = Named(request.Database.Database, $"_restoring_{stamp}");
        var target = new Postgres(request.Database.WithDatabase(fresh), $"slipway-restore-{request.DeploymentId}");
        var done = false;
        try
        {
            await target.EnsureRolesAsync(metadata.Database.Roles, cancellation);
            await target.CreateAsync(metadata.Database, cancellation);
            await DumpFormats
                .Of(metadata.Backup.Format, request.Programs, workers: 0)
                .RestoreAsync(
                    new StoredBackup(
                        request.Store,
                        name.In(metadata.Backup.Format).Object,
                        metadata.Backup,
                        metadata.Files,
                        metadata.RestrictKey
                    ),
                    target,
                    Postgres.Truncated($"slipway-restore-{request.DeploymentId}"),
                    bytes => progress?.Report(new BackupProgress(BackupPhase.Restore, bytes, metadata.Backup.SqlBytes)),
                    cancellation
                );
            progress?.Report(
                new BackupProgress(BackupPhase.Compare, metadata.Backup.SqlBytes, metadata.Backup.SqlBytes)
            );
            await DemandSameAsync(target, metadata, name, cancellation);
            await target.ConfigureAsync(metadata.Database, cancellation);
            var restoreSeconds = time.GetElapsedTime(started).TotalSeconds;

            var swapping = time.GetTimestamp();
            var kept = exists ? Named(request.Database.Database, $"_replaced_{stamp}") : null;
            if (kept is null)
                await new DatabaseSwap(inUse).RenameAsync(fresh, request.Database.Database, cancellation);
            else
                await new DatabaseSwap(inUse).SwapAsync(request.Database.Database, fresh, kept, time, cancellation);
            done = true;
            return new RestoreResult
            {
                DeploymentId = request.DeploymentId,
                StartedAt = startedAt,
                FinishedAt = time.GetUtcNow(),
                BackupId = name.Id,
                Location = metadata.Backup.Location!,
                Database = request.Database.Database,
                ReplacedDatabase = kept,
                TablesCompared = metadata.Backup.Tables.Length,
                RowsCompared = metadata.Backup.Tables.Sum(table => table.Rows),
                RestoreSeconds = Math.Round(restoreSeconds, 3),
                SwapSeconds = Math.Round(time.GetElapsedTime(swapping).TotalSeconds, 3),
                ForceReason = request.Force ? request.Reason : null,
            };
        }
        finally
        {
            if (!done)
                await target.DropAsync(CancellationToken.None);
        }
    }

    private static async Task DemandSameAsync(
        Postgres target,
        BackupMetadata metadata,
        BackupName name,
        CancellationToken cancellation
    )
    {
        await using var snapshot = await target.OpenSnapshotAsync(cancellation);
        var tables = await snapshot.FingerprintAsync(cancellation);
        if (FingerprintComparison.Difference(metadata.Backup.Tables, tables) is { } difference)
        {
            throw new PipelineException(
                $"what came out of {name.Id} is not what was backed up: {difference}",
                expected: "rows and content as in its metadata",
                next: "the database in use is as it was; restore another backup"
            );
        }
    }

    // The server cuts a name at 63 bytes: the end that makes it unique must not be what is cut.
    private static string Named(string database, string ending) =>
        database.Length + ending.Length <= 63 ? database + ending : database[..(63 - ending.Length)] + ending;
}
