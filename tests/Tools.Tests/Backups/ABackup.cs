using Slipway.Backups;

namespace Slipway.Tools.Tests;

/// <summary>A database to back up, a folder to keep it in, and a pipeline between them.</summary>
internal sealed class ABackup : IDisposable
{
    public const string Id = "deploy-20260102-030405-abc123";

    public string Folder { get; } = Directory.CreateTempSubdirectory("slipway-backups-").FullName;

    public required Postgres Database { get; init; }

    public required IBackupStore Store { get; set; }

    public static async Task<ABackup> OfAsync(string sql)
    {
        var backup = new ABackup { Database = await SharedCluster.NewDatabaseAsync(sql), Store = null! };
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

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
