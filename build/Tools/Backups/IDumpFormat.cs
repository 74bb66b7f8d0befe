using System.Collections.Immutable;
using Slipway.Backups;

namespace Slipway.Tools;

/// <summary>What is dumped, and how.</summary>
/// <param name="Snapshot">Exported by the connection that counts.</param>
/// <param name="Application">Name under which the server knows the dump's connections.</param>
/// <param name="OnSql">Told how many bytes of SQL have been seen.</param>
internal sealed record DumpOrder(
    BackupRequest Request,
    Postgres Server,
    string Snapshot,
    string? RestrictKey,
    string Application,
    DateTimeOffset StartedAt,
    Action<long> OnSql
);

/// <summary>What is read back, and what it has to be.</summary>
/// <param name="Name">Of the object.</param>
internal sealed record StoredBackup(
    IBackupStore Store,
    string Name,
    BackupResult Backup,
    ImmutableArray<DumpedFile> Files,
    string? RestrictKey
);

/// <summary>Makes the object of a backup out of a database, and a database out of the object.</summary>
internal interface IDumpFormat
{
    /// <summary>For the metadata, e.g. <c>gzip, members of 1 MiB, level 6</c>.</summary>
    string Compression(int level);

    /// <returns>The files inside the object; <paramref name="digest"/> has seen the whole SQL of it then.</returns>
    Task<ImmutableArray<DumpedFile>> WriteAsync(
        DumpOrder order,
        SqlDigest digest,
        Stream stored,
        CancellationToken cancellation
    );

    /// <summary>Restores into an empty database, and verifies that what the store gives back is what was written.</summary>
    /// <exception cref="Outcomes.PipelineException">It is not, or PostgreSQL refused it.</exception>
    Task RestoreAsync(
        StoredBackup stored,
        Postgres target,
        string application,
        Action<long>? onProgress,
        CancellationToken cancellation
    );
}

internal static class DumpFormats
{
    /// <param name="workers">0: as many as the machine has cores.</param>
    public static IDumpFormat Of(BackupFormat format, PostgresPrograms programs, int workers) =>
        format == BackupFormat.Directory
            ? new DirectoryFormat(programs, Cores(workers))
            : new SqlFormat(programs, Cores(workers));

    private static int Cores(int workers) => workers > 0 ? workers : Environment.ProcessorCount;
}
