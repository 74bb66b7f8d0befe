using System.Collections.Immutable;
using Slipway.Migrations;

namespace Slipway.Tools;

/// <summary>A program that applies migrations, and how its files and its record of them look.</summary>
public abstract class MigrationTool
{
    /// <summary>All files, in the order in which they are applied.</summary>
    /// <exception cref="Outcomes.PipelineException">There is no such folder, or a file is not one of this tool's.</exception>
    public abstract ImmutableArray<MigrationFile> ReadFiles();

    /// <summary>SQL that lists the versions that are applied; null when the tool keeps no record that we read (ours is taken then).</summary>
    public abstract string? AppliedSql { get; }

    /// <summary>The table that <see cref="AppliedSql"/> reads.</summary>
    public abstract string? AppliedTable { get; }

    /// <summary>SQL that lists the versions which that table has as failed; null when the tool notes none.</summary>
    public virtual string? FailedSql => null;

    /// <summary>The schema in which that table is looked for; null: the session's own.</summary>
    public virtual string? AppliedSchema(PostgresUrl url) => null;

    /// <summary>What the tool itself needs before it goes on after a failure, as part of a sentence; empty for nothing.</summary>
    /// <param name="failed">Versions of <see cref="FailedSql"/>.</param>
    public virtual string AfterFailure(ImmutableArray<string> failed) => "";

    /// <summary>The migration itself.</summary>
    public abstract Task RunAsync(
        ICommandRunner runner,
        PostgresUrl url,
        bool allowOutOfOrder,
        Action<string, double> onApplied,
        CancellationToken cancellation
    );
}

/// <param name="program">The binary (not npm's wrapper: a signal would not reach the program behind it).</param>
public sealed class DbmateTool(string program, string folder, string workingDirectory) : MigrationTool
{
    public override string AppliedSql => "select version from schema_migrations order by 1";

    public override string AppliedTable => "schema_migrations";

    public override ImmutableArray<MigrationFile> ReadFiles() =>
        [
            .. MigrationFolder
                .Read(folder)
                .Where(file => !file.Name.Contains('/') && char.IsAsciiDigit(file.Name[0]))
                .Select(file => MigrationFile.ParseDbmate(file.Name, file.Text)),
        ];

    public override Task RunAsync(
        ICommandRunner runner,
        PostgresUrl url,
        bool allowOutOfOrder,
        Action<string, double> onApplied,
        CancellationToken cancellation
    ) =>
        new Dbmate(runner, program, folder, workingDirectory).MigrateAsync(
            WithMode(url).ToSecretUrl(),
            strict: !allowOutOfOrder,
            onApplied,
            cancellation
        );

    // Its driver encrypts unless told otherwise, and knows no "prefer".
    private static PostgresUrl WithMode(PostgresUrl url) =>
        url.Parameters.GetValueOrDefault("sslmode", "prefer") is "prefer" or "allow"
            ? url.WithParameter(
                "sslmode",
                url.Host is "127.0.0.1" or "::1" or "localhost" or ['/', ..] ? "disable" : "require"
            )
            : url;
}

/// <summary><c>prisma migrate deploy</c>, or any command that does as it: folders with a <c>migration.sql</c> each.</summary>
public sealed class PrismaTool(string folder, string workingDirectory, ImmutableArray<string> command) : MigrationTool
{
    public override string AppliedSql =>
        "select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null order by 1";

    public override string AppliedTable => "_prisma_migrations";

    // Where its URL names a schema, its own table stands there too.
    public override string? AppliedSchema(PostgresUrl url) => url.Parameters.GetValueOrDefault("schema");

    // It notes a failure, and refuses every deployment (P3009) until it is told what became of it.
    public override string FailedSql =>
        "select migration_name from _prisma_migrations where finished_at is null and rolled_back_at is null order by 1";

    public override string AfterFailure(ImmutableArray<string> failed) =>
        failed.IsEmpty
            ? ""
            : $"with DATABASE_URL set, in {workingDirectory}: "
                + string.Concat(failed.Select(version => $"npx prisma migrate resolve --rolled-back {version}; "));

    public override ImmutableArray<MigrationFile> ReadFiles() =>
        [
            .. MigrationFolder
                .Read(folder)
                .Where(file => file.Name.EndsWith("/migration.sql", StringComparison.Ordinal))
                .Select(file =>
                    // It sends a file as one message: the server takes that as one transaction.
                    MigrationFile.ParsePlain(file.Name, file.Text, inTransaction: true) with
                    {
                        Version = file.Name[..file.Name.IndexOf('/')],
                    }
                ),
        ];

    public override Task RunAsync(
        ICommandRunner runner,
        PostgresUrl url,
        bool allowOutOfOrder,
        Action<string, double> onApplied,
        CancellationToken cancellation
    ) =>
        runner.RunAsync(
            new Command(command[0], [.. command.Skip(1)])
                .In(workingDirectory)
                .WithSecret("DATABASE_URL", url.ToSecretUrl(forPrisma: true)),
            cancellation: cancellation
        );
}

/// <summary><c>npm run migrate:&lt;env&gt;</c> or whatever is configured. Which files it has applied we note ourselves.</summary>
public sealed class CommandTool(string folder, string workingDirectory, ImmutableArray<string> command) : MigrationTool
{
    public override string? AppliedSql => null;

    public override string? AppliedTable => null;

    public override ImmutableArray<MigrationFile> ReadFiles() =>
        [
            .. MigrationFolder
                .Read(folder)
                .Select(file =>
                    MigrationFile.ParsePlain(file.Name, file.Text, inTransaction: true) with
                    {
                        Version = file.Name,
                    }
                ),
        ];

    public override Task RunAsync(
        ICommandRunner runner,
        PostgresUrl url,
        bool allowOutOfOrder,
        Action<string, double> onApplied,
        CancellationToken cancellation
    ) =>
        runner.RunAsync(
            url.Authenticate(new Command(command[0], [.. command.Skip(1)]))
                .In(workingDirectory)
                .WithSecret("DATABASE_URL", url.ToSecretUrl(forPrisma: true)),
            cancellation: cancellation
        );
}
