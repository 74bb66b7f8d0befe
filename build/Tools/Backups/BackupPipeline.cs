using System.Collections.Immutable;
using System.Text;
using Npgsql;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// Backup, whole: snapshot → pg_dump → gzip → store in one pass, then the proof, then the metadata. The metadata is
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
        var name = BackupName.Of(request.Environment, request.DeploymentId);
        var startedAt = time.GetUtcNow();
        if (await AdoptAsync(request, name, cancellation) is { } finished)
            return finished;

        var version = await runner.RunAsync(PostgresCommands.DumpVersion(request.Programs), cancellation: cancellation);
        var client = ClientVersion.Parse(version.Output);
        var (source, backup) = await DumpAsync(request, name, client, startedAt, progress, cancellation);
        var proven = false;
        try
        {
            var proof = await new BackupProver(time).ProveAsync(
                request,
                name,
                backup,
                source,
                (phase, bytes) => progress?.Report(new BackupProgress(phase, bytes, source.SqlBytes)),
                cancellation
            );
            if (!proof.Passed)
                throw Rejected(request, name, proof);
            backup = backup with { Proof = proof, FinishedAt = time.GetUtcNow() };
            await WriteMetadataAsync(request, name, source, backup, cancellation);
            proven = true;
            return backup;
        }
        finally
        {
            if (!proven)
                await request.Store.DeleteAsync(name.Object, CancellationToken.None);
        }
    }

    /// <summary>What a run before this one left: a proven backup is taken as it is, an unproven object goes.</summary>
    private static async Task<BackupResult?> AdoptAsync(
        BackupRequest request,
        BackupName name,
        CancellationToken cancellation
    )
    {
        if (await request.Store.FindAsync(name.Object, cancellation) is not { } found)
            return null;
        if (await request.Store.FindAsync(name.Metadata, cancellation) is null)
        {
            await request.Store.DeleteAsync(name.Object, cancellation);
            return null;
        }
        var metadata = await BackupCatalog.ReadMetadataAsync(request.Store, name, cancellation);
        return found.Bytes == metadata.Backup.CompressedBytes
            ? metadata.Backup
            : throw new PipelineException(
                $"'{name.Object}' has {found.Bytes} bytes",
                expected: $"the {metadata.Backup.CompressedBytes} bytes that its metadata names",
                next: "start a new deployment: a backup is never overwritten"
            );
    }

    private async Task<(SourceDump Source, BackupResult Backup)> DumpAsync(
        BackupRequest request,
        BackupName name,
        ClientVersion client,
        DateTimeOffset startedAt,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        var application = Postgres.Truncated($"slipway-backup-{request.DeploymentId}");
        var server = new Postgres(request.Database, application);
        var database = await server.InspectAsync(cancellation);
        DemandClient(client, database);
        var restrictKey = client.KnowsRestrict ? name.RestrictKey : null;
        var retainUntil = startedAt + request.Retention;

        await using var snapshot = await server.OpenSnapshotAsync(cancellation);
        var sequences = await snapshot.SequencesAsync(cancellation);
        var outline = await snapshot.OutlineAsync(cancellation);
        // One failing must end the other: a dump without counts is as worthless as counts without a dump.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var counting = EndOther(snapshot.FingerprintAsync(either.Token), either);
        using var digest = new SqlDigest(acrossVersions: request.ProofServer is not null);
        var upload = await request.Store.CreateAsync(
            name.Object,
            new UploadOptions(retainUntil, Tags(request)),
            cancellation
        );
        await using (upload)
        await using (var patient = new ImpatientStream(upload.Content, name.Object, request.StorePatience, time))
        await using (var stored = new HashingStream(patient))
        {
            await using (var gzip = new ParallelGzipStream(stored, request.CompressionLevel, Workers(request)))
            {
                var dumping = EndOther(
                    new SqlDump(request.Programs, server, request.LockWait).RunAsync(
                        snapshot.Id,
                        restrictKey,
                        $"{application}-dump",
                        digest,
                        sql => gzip.Write(sql.Span),
                        bytes => progress?.Report(new BackupProgress(BackupPhase.Dump, bytes, null)),
                        either.Token
                    ),
                    either
                );
                await FirstFailureAsync(counting, dumping, cancellation);
                await gzip.CompleteAsync();
            }
            cancellation.ThrowIfCancellationRequested();
            await upload.CommitAsync(cancellation);

            var seconds = time.GetElapsedTime(started).TotalSeconds;
            var source = new SourceDump(
                database,
                restrictKey,
                digest.Sha256(),
                request.ProofServer is null ? "" : digest.ContentSha256(),
                digest.Bytes,
                snapshot.Lsn,
                await counting,
                sequences,
                outline
            );
            return (
                source,
                new BackupResult
                {
                    DeploymentId = request.DeploymentId,
                    StartedAt = startedAt,
                    BackupId = name.Id,
                    Location = request.Store.Locate(name.Object).OriginalString,
                    Timestamp = startedAt,
                    CompressedBytes = stored.Bytes,
                    SqlBytes = digest.Bytes,
                    ObjectSha256 = stored.Sha256(),
                    SqlSha256 = source.SqlSha256,
                    ServerVersion = database.Version,
                    ClientVersion = client.ToString(),
                    Lsn = snapshot.Lsn,
                    Tables = source.Tables,
                    DumpSeconds = Math.Round(seconds, 3),
                    RetainUntil = retainUntil,
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
            Environment = request.Environment,
            Backup = backup,
            Database = source.Database,
            Sequences = source.Sequences,
            RestrictKey = source.RestrictKey,
            Compression = $"gzip, members of 1 MiB, level {request.CompressionLevel}",
            SqlMegabytesPerSecond = Math.Round(source.SqlBytes / 1e6 / Math.Max(backup.DumpSeconds, 0.001), 1),
            ManualRestore = ManualRestore.Commands(
                request.Store.Locate(name.Object),
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

    private static int Workers(BackupRequest request) =>
        request.Workers > 0 ? request.Workers : Environment.ProcessorCount;

    private static async Task<T> EndOther<T>(Task<T> task, CancellationTokenSource either)
    {
        try
        {
            return await task;
        }
        catch
        {
            await either.CancelAsync();
            throw;
        }
    }

    private static async Task EndOther(Task task, CancellationTokenSource either) =>
        await EndOther(
            task.ContinueWith(
                t =>
                {
                    t.GetAwaiter().GetResult();
                    return true;
                },
                TaskScheduler.Default
            ),
            either
        );

    // Both have ended afterwards; what is thrown is the failure, not the cancellation that it caused in the other.
    private static async Task FirstFailureAsync(Task counting, Task dumping, CancellationToken cancellation)
    {
        var both = Task.WhenAll(counting, dumping);
        try
        {
            await both;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested && both.Exception is { } failures)
        {
            var cause = failures.InnerExceptions.FirstOrDefault(failure => failure is not OperationCanceledException);
            if (cause is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
