using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Migrations;

namespace Slipway.Tools.Tests;

/// <summary>A folder of dbmate migrations, a database, and a backup that was proven.</summary>
internal sealed class AMigration : IDisposable
{
    public const string Id = "deploy-20260102-030405-abc123";

    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-migrations-").FullName;

    public required Postgres Database { get; init; }

    public string Log => Path.Combine(_folder, "statements.ndjson");

    public static string Program { get; } = FindDbmate();

    public static BackupResult ProvenBackup { get; } =
        new()
        {
            DeploymentId = Id,
            BackupId = $"backup-{Id}",
            Location = "file:///x",
            SqlSha256 = "a",
            Proof = new BackupProof("m", true, "a", "a", 0, 0, 0, 0, ""),
        };

    public static async Task<AMigration> OnAsync(string sql) =>
        new() { Database = await SharedCluster.NewDatabaseAsync(sql) };

    public AMigration With(string file, string up, string options = "")
    {
        File.WriteAllText(Path.Combine(_folder, file), $"-- migrate:up{options}\n{up}\n-- migrate:down\n");
        return this;
    }

    public void Delete(string file) => File.Delete(Path.Combine(_folder, file));

    public MigrationRequest Request() =>
        new()
        {
            DeploymentId = Id,
            Environment = "sandbox",
            Database = Database.Url,
            Tool = new DbmateTool(Program, _folder, _folder),
            Backup = ProvenBackup,
            LockTimeout = TimeSpan.FromSeconds(1),
            StatementTimeout = TimeSpan.FromSeconds(20),
            Readers = ImmutableArray<ReadingVersion>.Empty,
            StatementLog = Log,
        };

    public Task<MigrationResult> RunAsync(
        Func<MigrationRequest, MigrationRequest>? change = null,
        CancellationToken cancellation = default
    ) =>
        new MigrationRunner(SharedCluster.Runner, TimeProvider.System).RunAsync(
            (change ?? (request => request))(Request()),
            null,
            cancellation
        );

    public Task<bool> HasTableAsync(string table) =>
        SharedCluster.AskAsync<bool>(Database, $"select to_regclass('{table}') is not null");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string FindDbmate()
    {
        for (
            var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            var program = Path.Combine(
                folder.FullName,
                ".slipway",
                "npm",
                "node_modules",
                "@dbmate",
                "linux-x64",
                "bin",
                "dbmate"
            );
            if (File.Exists(program))
                return program;
        }
        throw new FileNotFoundException("dbmate is not installed: ./build.sh --target=Bootstrap");
    }
}
