using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// The proof that a backup is one: read it back from the store, restore it into a scratch database, dump that again
/// and compare the SQL byte by byte (by hash), and every table's rows and content with the snapshot's.
/// </summary>
internal sealed class BackupProver(TimeProvider time)
{
    public const string ByteForByte = "restored and dumped again, SQL identical";
    public const string ByContent = "restored, structure, rows, content and sequences identical";

    /// <exception cref="PipelineException">The store or the server failed. A backup that is wrong is a proof that did not pass.</exception>
    public async Task<BackupProof> ProveAsync(
        BackupRequest request,
        StoredBackup stored,
        SourceDump source,
        Task<ImmutableArray<TableFingerprint>> counting,
        Action<BackupPhase, long> onProgress,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        var server = new Postgres(request.ProofServer ?? request.Database, $"slipway-proof-{request.DeploymentId}");
        if (request.ProofServer is not null)
            await server.EnsureRolesAsync(source.Database.Roles, cancellation);

        await using var scratch = await ScratchDatabase.CreateAsync(
            server,
            request.DeploymentId,
            source.Database,
            cancellation
        );
        var restored = new Postgres(scratch.Url, $"slipway-proof-{request.DeploymentId}");
        var application = Postgres.Truncated($"slipway-restore-{request.DeploymentId}");
        double restoreSeconds = 0;
        try
        {
            await DumpFormats
                .Of(stored.Backup.Format, request.Programs, request.Workers)
                .RestoreAsync(
                    stored,
                    restored,
                    application,
                    bytes => onProgress(BackupPhase.Restore, bytes),
                    cancellation
                );
            restoreSeconds = time.GetElapsedTime(started).TotalSeconds;
            return await CompareAsync(
                request,
                source,
                await counting.WaitAsync(cancellation),
                restored,
                started,
                restoreSeconds,
                onProgress,
                cancellation
            );
        }
        catch (PipelineException failure)
        {
            return Result(ByteForByte, source, "", 0, 0, restoreSeconds, started, Worded(failure));
        }
    }

    private async Task<BackupProof> CompareAsync(
        BackupRequest request,
        SourceDump source,
        ImmutableArray<TableFingerprint> counted,
        Postgres restored,
        long started,
        double restoreSeconds,
        Action<BackupPhase, long> onProgress,
        CancellationToken cancellation
    )
    {
        using var again = new SqlDigest(acrossVersions: true);
        await new SqlDump(request.Programs, restored, request.LockWait).RunAsync(
            snapshot: null,
            source.RestrictKey,
            Postgres.Truncated($"slipway-again-{request.DeploymentId}"),
            again,
            onSql: null,
            bytes => onProgress(BackupPhase.DumpAgain, bytes),
            cancellation
        );

        onProgress(BackupPhase.Compare, again.Bytes);
        ImmutableArray<TableFingerprint> tables;
        ImmutableArray<string> outline;
        ImmutableSortedDictionary<string, string> sequences;
        await using (var snapshot = await restored.OpenSnapshotAsync(cancellation))
        {
            tables = await snapshot.FingerprintAsync(cancellation);
            outline = await snapshot.OutlineAsync(cancellation);
            sequences = await snapshot.SequencesAsync(cancellation);
        }
        var target = await restored.InspectAsync(cancellation);

        var sameServer = target.Version == source.Database.Version;
        var identical = sameServer ? again.Sha256() == source.SqlSha256 : again.ContentSha256() == source.ContentSha256;
        var difference =
            FingerprintComparison.Difference(counted, tables)
            ?? OutlineComparison.Difference(source.Outline, outline)
            ?? OutlineComparison.SequenceDifference(source.Sequences, sequences, outline);
        // Another major version may print the same schema in other words; then the content has to speak.
        var byContent = request.ProveByContent || target.Major != source.Database.Major;
        if (!identical && !byContent)
            difference ??=
                "a second dump of the restored database differs from the first: schema, sequences or privileges did not come back";
        return Result(
            identical && !request.ProveByContent ? ByteForByte : ByContent,
            source,
            again.Sha256(),
            counted.Length,
            counted.Sum(table => table.Rows),
            restoreSeconds,
            started,
            difference
        );
    }

    private BackupProof Result(
        string method,
        SourceDump source,
        string restoredSha256,
        int tables,
        long rows,
        double restoreSeconds,
        long started,
        string? difference
    ) =>
        new(
            method,
            difference is null,
            source.SqlSha256,
            restoredSha256,
            tables,
            rows,
            Math.Round(restoreSeconds, 3),
            Math.Round(time.GetElapsedTime(started).TotalSeconds, 3),
            difference ?? $"{tables} tables and {rows} rows compared"
        );

    private static string Worded(PipelineException failure) =>
        failure.Expected is null ? failure.Message : $"{failure.Message} (expected: {failure.Expected})";
}

/// <summary>What the backup is to be: how the database was in the snapshot, and the dump of it.</summary>
internal sealed record SourceDump(
    DatabaseDescription Database,
    string? RestrictKey,
    string Lsn,
    ImmutableSortedDictionary<string, string> Sequences,
    ImmutableArray<string> Outline
)
{
    public string SqlSha256 { get; init; } = "";

    /// <summary>Without the line that names the server; empty where the proof is made on the same one.</summary>
    public string ContentSha256 { get; init; } = "";

    public long SqlBytes { get; init; }

    public ImmutableArray<DumpedFile> Files { get; init; } = [];
}
