using System.Collections.Immutable;
using Slipway.Migrations;
using Slipway.Tools.Tests.Sandbox;

namespace Slipway.Tools.Tests;

/// <summary>
/// A product with the real <c>prisma</c> of npm, installed as a product installs it. Its native engine is downloaded from
/// a server of Prisma's own, which a build machine may not reach: the same engine as WebAssembly stands in for it
/// (<c>Prisma/engine.mjs</c>).
/// </summary>
internal sealed class APrismaProduct : ICommandRunner, IDisposable
{
    private static readonly string Sources = Repository.At("tests", "Tools.Tests", "Migrations", "Prisma");

    private readonly ScratchFolder _folder = new();

    public List<Command> Commands { get; } = [];

    public string Folder => _folder.Path;

    private string Migrations => Path.Combine(Folder, "prisma", "migrations");

    public async Task InstallAsync()
    {
        foreach (var source in Directory.GetFiles(Sources, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Folder, Path.GetRelativePath(Sources, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }
        await SharedCluster.Runner.RunAsync(
            Command.Of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").In(Folder)
        );
    }

    /// <summary>No migration, and no command seen.</summary>
    public void Clear()
    {
        if (Directory.Exists(Migrations))
            Directory.Delete(Migrations, recursive: true);
        Directory.CreateDirectory(Migrations);
        File.WriteAllText(Path.Combine(Migrations, "migration_lock.toml"), "provider = \"postgresql\"\n");
        Commands.Clear();
    }

    public APrismaProduct With(string name, string sql)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Migrations, name));
        File.WriteAllText(Path.Combine(folder.FullName, "migration.sql"), sql);
        return this;
    }

    /// <summary>As <c>migrations.tool: prisma</c> in slipway.json makes it.</summary>
    public MigrationRequest Request(PostgresUrl database, string log) =>
        new()
        {
            DeploymentId = AMigration.Id,
            Environment = "sandbox",
            Database = database,
            Tool = MigrationFolder.ToolFor("prisma", Migrations, Folder, [], "sandbox", ""),
            Backup = AMigration.ProvenBackup,
            LockTimeout = TimeSpan.FromSeconds(1),
            StatementTimeout = TimeSpan.FromSeconds(20),
            Readers = ImmutableArray<ReadingVersion>.Empty,
            StatementLog = log,
        };

    public Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        Commands.Add(command);
        var engine = Path.Combine(Folder, "engine.mjs");
        return SharedCluster.Runner.RunAsync(
            command
                .With("PRISMA_SCHEMA_ENGINE_BINARY", engine)
                // Asked for by every command, and run by none of ours.
                .With("PRISMA_QUERY_ENGINE_LIBRARY", engine)
                .With("CHECKPOINT_DISABLE", "1"),
            onLine,
            cancellation
        );
    }

    public void Dispose() => _folder.Dispose();
}
