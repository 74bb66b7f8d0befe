using Slipway.Backups;

namespace Slipway.Tools.Tests;

/// <summary>A database to back up, a folder to keep it in, and a pipeline between them.</summary>
internal sealed class ABackup : IDisposable
{
    public const string Id = "deploy-20260102-030405-abc123";

    public string Folder { get; } = Directory.CreateTempSubdirectory("slipway-backups-").FullName;

    public BackupFormat Format { get; init; }

    /// <summary>The object's name in the store.</summary>
    public string Object => BackupName.Of("sandbox", Id, Format).Object;

    public required Postgres Database { get; init; }

    public required IBackupStore Store { get; set; }

    public static async Task<ABackup> OfAsync(string sql, BackupFormat format = BackupFormat.Sql)
    {
        var backup = new ABackup
        {
            Database = await SharedCluster.NewDatabaseAsync(sql),
            Store = null!,
            Format = format,
        };
        backup.Store = new FolderStore(backup.Folder);
        return backup;
    }

    public BackupRequest Request(string id = Id) =>
        new()
        {
            Environment = "sandbox",
            DeploymentId = id,
            Database = Database.Url,
            Store = Store,
            Format = Format,
            Programs = SharedCluster.Programs,
        };

    public Task<BackupResult> RunAsync(BackupRequest? request = null, CancellationToken cancellation = default) =>
        new BackupPipeline(SharedCluster.Runner, TimeProvider.System).RunAsync(
            request ?? Request(),
            null,
            cancellation
        );

    public string[] Files() =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Folder, path))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Folders of this process that files of a dump lay in.</summary>
    public static string[] Spools() =>
        Directory.GetDirectories(Path.GetTempPath(), $"slipway-dump-{Environment.ProcessId}-*");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
