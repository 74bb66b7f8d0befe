using System.Collections.Immutable;
using System.Text;
using Npgsql;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// Backup, whole: snapshot → pg_dump → store, then the proof, then the metadata. The metadata is
/// written last and only when the proof passed, so an object without it is not a backup; a failed proof removes the
/// object, and an interrupted run's object is removed by the next run of the same deployment.
/// </summary>
public sealed class BackupPipeline(ICommandRunner runner, TimeProvider time)
{
    /// <exception cref="PipelineException">Anything failed; the store holds no object of this deployment then.</exception>
    public async Task<BackupResult> RunAsync(
        BackupRequest request,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return await BackUpAsync(request, progress, cancellation);
        }
        catch (NpgsqlException failure)
        {
            throw new PipelineException(
                $"the backup of {request.Database} failed in the database: {failure.Message}",
                expected: "a user that may read every table, and create and drop a scratch database for the proof",
                next: "remove the cause and repeat Backup (nothing after it has run)",
                inner: failure
            );
        }
        catch (IOException failure)
        {
            throw new PipelineException(
                $"the backup of {request.Database} could not be written or read back: {failure.Message}",
                expected: "a store with room that answers",
                next: "remove the cause and repeat Backup (nothing after it has run)",
                inner: failure
            );
        }
    }

    private async Task<BackupResult> BackUpAsync(
        BackupRequest request,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        var name = BackupName.Of(request.Environment, request.DeploymentId, request.Format);
        var startedAt = time.GetUtcNow();
        if (await AdoptAsync(request, name, cancellation) is { } finished)
            return finished;

        var version = await runner.RunAsync(PostgresCommands.DumpVersion(request.Programs), cancellation: cancellation);
        var client = ClientVersion.Parse(version.Output);
        var server = new Postgres(request.Database, Application(request));
        var database = await server.InspectAsync(cancellation);
        DemandClient(client, database);
        await using var snapshot = await server.OpenSnapshotAsync(cancellation);
        var source = new SourceDump(
            database,
            client.KnowsRestrict ? name.RestrictKey : null,
            snapshot.Lsn,
            await snapshot.SequencesAsync(cancellation),
            await snapshot.OutlineAsync(cancellation)
        );
        var (made, backup) = await DumpAsync(
            request,
            name,
            source,
            server,
            snapshot.Id,
            startedAt,
            progress,
            cancellation
        );
        backup = backup with
        {
            StartedAt = startedAt,
            Timestamp = startedAt,
            ClientVersion = client.ToString(),
            RetainUntil = startedAt + request.Retention,
        };
        var proven = false;
        try
        {
            backup = await ProveAsync(request, name, backup, made, snapshot, progress, cancellation);
            await WriteMetadataAsync(request, name, made, backup, cancellation);
            proven = true;
            return backup;
        }
        finally
        {
            if (!proven)
                await request.Store.DeleteAsync(name.Object, CancellationToken.None);
        }
    }

    /// <summary>
    /// Counts in the snapshot while the restore runs: the dump has the machine for itself, and the restore, which waits
    /// for one connection most of the time, loses nothing.
    /// </summary>
    private async Task<BackupResult> ProveAsync(
        BackupRequest request,
        BackupName name,
        BackupResult backup,
        SourceDump source,
        DatabaseSnapshot snapshot,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        var counting = new TaskCompletionSource<ImmutableArray<TableFingerprint>>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        BackupProof proof = null!;
        await Together.RunAsync(
            cancellation,
            async token => counting.SetResult(await snapshot.FingerprintAsync(token)),
            async token =>
            {
                proof = await new BackupProver(time).ProveAsync(
                    request,
                    new StoredBackup(request.Store, name.Object, backup, source.Files, source.RestrictKey),
                    source,
                    counting.Task,
                    (phase, bytes) => progress?.Report(new BackupProgress(phase, bytes, source.SqlBytes)),
                    token
                );
                if (!proof.Passed)
                    throw Rejected(request, name, proof);
            }
        );
        return backup with { Tables = await counting.Task, Proof = proof, FinishedAt = time.GetUtcNow() };
    }

    /// <summary>What a run before this one left: a proven backup is taken as it is, an unproven object goes.</summary>
    private static async Task<BackupResult?> AdoptAsync(
        BackupRequest request,
        BackupName asked,
        CancellationToken cancellation
    )
    {
        var metadata = await request.Store.FindAsync(asked.Metadata, cancellation) is null
            ? null
            : await BackupCatalog.ReadMetadataAsync(request.Store, asked, cancellation);
        BackupResult? adopted = null;
        foreach (var name in asked.InEveryFormat)
        {
            if (await request.Store.FindAsync(name.Object, cancellation) is not { } found)
                continue;
            if (metadata?.Backup.Format != name.Format)
            {
                await request.Store.DeleteAsync(name.Object, cancellation);
                continue;
            }
            adopted =
                found.Bytes == metadata.Backup.CompressedBytes
                    ? metadata.Backup
                    : throw new PipelineException(
                        $"'{name.Object}' has {found.Bytes} bytes",
                        expected: $"the {metadata.Backup.CompressedBytes} bytes that its metadata names",
                        next: "start a new deployment: a backup is never overwritten"
                    );
        }
        return adopted;
    }

    private async Task<(SourceDump Source, BackupResult Backup)> DumpAsync(
        BackupRequest request,
        BackupName name,
        SourceDump source,
        Postgres server,
        string snapshot,
        DateTimeOffset startedAt,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        using var digest = new SqlDigest(acrossVersions: request.ProofServer is not null);
        var upload = await request.Store.CreateAsync(
            name.Object,
            new UploadOptions(startedAt + request.Retention, Tags(request)),
            cancellation
        );
        await using (upload)
        await using (var patient = new ImpatientStream(upload.Content, name.Object, request.StorePatience, time))
        await using (var stored = new HashingStream(patient))
        {
            var files = await DumpFormats
                .Of(request.Format, request.Programs, request.Workers)
                .WriteAsync(
                    new DumpOrder(
                        request,
                        server,
                        snapshot,
                        source.RestrictKey,
                        $"{Application(request)}-dump",
                        startedAt,
                        bytes => progress?.Report(new BackupProgress(BackupPhase.Dump, bytes, null))
                    ),
                    digest,
                    stored,
                    cancellation
                );
            cancellation.ThrowIfCancellationRequested();
            await upload.CommitAsync(cancellation);
            source = source with
            {
                SqlSha256 = digest.Sha256(),
                ContentSha256 = request.ProofServer is null ? "" : digest.ContentSha256(),
                SqlBytes = digest.Bytes,
                Files = files,
            };
            return (
                source,
                new BackupResult
                {
                    DeploymentId = request.DeploymentId,
                    BackupId = name.Id,
                    Location = request.Store.Locate(name.Object).OriginalString,
                    Format = request.Format,
                    CompressedBytes = stored.Bytes,
                    SqlBytes = digest.Bytes,
                    ObjectSha256 = stored.Sha256(),
                    SqlSha256 = source.SqlSha256,
                    ServerVersion = source.Database.Version,
                    Lsn = source.Lsn,
                    DumpSeconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 3),
                }
            );
        }
    }

    private static async Task WriteMetadataAsync(
        BackupRequest request,
        BackupName name,
        SourceDump source,
        BackupResult backup,
        CancellationToken cancellation
    )
    {
        var metadata = new BackupMetadata
        {
            SchemaVersion = request.Format == BackupFormat.Sql ? 1 : 2,
            Environment = request.Environment,
            Backup = backup,
            Database = source.Database,
            Sequences = source.Sequences,
            Files = source.Files,
            RestrictKey = source.RestrictKey,
            Compression = DumpFormats
                .Of(request.Format, request.Programs, request.Workers)
                .Compression(request.CompressionLevel),
            SqlMegabytesPerSecond = Math.Round(source.SqlBytes / 1e6 / Math.Max(backup.DumpSeconds, 0.001), 1),
            ManualRestore = ManualRestore.Commands(
                request.Store.Locate(name.Object),
                request.Format,
                request.Database.Host,
                request.Database.Port,
                request.Database.User,
                Postgres.Truncated($"{request.Database.Database}_restored"),
                source.Database,
                request.Store.Endpoint
            ),
        };
        await using var upload = await request.Store.CreateAsync(
            name.Metadata,
            new UploadOptions(backup.RetainUntil, Tags(request)),
            cancellation
        );
        await upload.Content.WriteAsync(Encoding.UTF8.GetBytes(metadata.ToJson()), cancellation);
        await upload.CommitAsync(cancellation);
    }

    private static PipelineException Rejected(BackupRequest request, BackupName name, BackupProof proof) =>
        new(
            $"the backup of {request.Database} does not prove itself: {proof.Detail}",
            expected: "a backup that restores to what was dumped",
            next: $"'{name.Object}' was removed from the store; remove the cause and repeat Backup (nothing after it has run)"
        );

    private static void DemandClient(ClientVersion client, DatabaseDescription database)
    {
        if (client.Major >= database.Major)
            return;
        throw new PipelineException(
            $"pg_dump {client} cannot dump a server of version {database.Version}",
            expected: $"pg_dump {database.Major} or newer",
            next: $"apt-get install postgresql-client-{database.Major}"
        );
    }

    private static ImmutableSortedDictionary<string, string> Tags(BackupRequest request) =>
        ImmutableSortedDictionary<string, string>
            .Empty.Add("slipway-deployment", request.DeploymentId)
            .Add("slipway-environment", request.Environment);

    private static string Application(BackupRequest request) =>
        Postgres.Truncated($"slipway-backup-{request.DeploymentId}");
}
