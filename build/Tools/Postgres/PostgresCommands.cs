using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>Settings → argv of PostgreSQL's own programs. The server and the password travel as variables.</summary>
/// <param name="Folder">Folder of the programs; null takes them from PATH.</param>
public sealed record PostgresPrograms(string? Folder = null)
{
    public string Path(string program) => Folder is null ? program : System.IO.Path.Combine(Folder, program);
}

public static class PostgresCommands
{
    public static Command DumpVersion(PostgresPrograms programs) => Command.Of(programs.Path("pg_dump"), "--version");

    /// <summary>
    /// A plain dump of one database in an exported snapshot. Owners and grants stay in it: a backup without them is
    /// not the database. The fixed restrict key makes two dumps of the same content the same bytes.
    /// </summary>
    /// <param name="restrictKey">Letters and digits; null where the program does not know the option.</param>
    public static Command Dump(
        PostgresPrograms programs,
        PostgresUrl url,
        string? snapshot,
        string? restrictKey,
        string applicationName,
        TimeSpan lockWait
    )
    {
        var arguments = ImmutableArray.CreateBuilder<string>();
        arguments.AddRange("--format=plain", "--encoding=UTF8", "--no-password");
        arguments.Add($"--lock-wait-timeout={(long)lockWait.TotalMilliseconds}");
        if (restrictKey is not null)
            arguments.Add($"--restrict-key={restrictKey}");
        if (snapshot is not null)
            arguments.Add($"--snapshot={snapshot}");
        return WithAppName(
            url.Authenticate(new Command(programs.Path("pg_dump"), arguments.ToImmutable())),
            applicationName
        );
    }

    /// <summary>The same in files, by several connections in the one snapshot. The program makes the folder.</summary>
    public static Command DumpFiles(
        PostgresPrograms programs,
        PostgresUrl url,
        string folder,
        int jobs,
        int level,
        string snapshot,
        string applicationName,
        TimeSpan lockWait
    ) =>
        WithAppName(
            url.Authenticate(
                Command.Of(
                    programs.Path("pg_dump"),
                    "--format=directory",
                    $"--file={folder}",
                    $"--jobs={jobs}",
                    $"--compress={level}",
                    "--encoding=UTF8",
                    "--no-password",
                    $"--lock-wait-timeout={(long)lockWait.TotalMilliseconds}",
                    $"--snapshot={snapshot}"
                )
            ),
            applicationName
        );

    /// <summary>Writes the SQL of such files to standard output: what a plain dump would have written. Asks no server.</summary>
    public static Command ArchiveSql(PostgresPrograms programs, string folder, string? restrictKey) =>
        restrictKey is null
            ? Command.Of(programs.Path("pg_restore"), "--file=-", folder)
            : Command.Of(programs.Path("pg_restore"), "--file=-", $"--restrict-key={restrictKey}", folder);

    /// <summary>Restores such files by several connections, and stops at the first error.</summary>
    public static Command RestoreArchive(
        PostgresPrograms programs,
        PostgresUrl url,
        string folder,
        int jobs,
        string applicationName
    ) =>
        WithAppName(
            Restoring(url)
                .Authenticate(
                    Command.Of(
                        programs.Path("pg_restore"),
                        "--exit-on-error",
                        "--no-password",
                        $"--jobs={jobs}",
                        $"--dbname=dbname='{url.Database.Replace("\\", "\\\\").Replace("'", "\\'")}'",
                        folder
                    )
                ),
            applicationName
        );

    /// <summary>
    /// Reads SQL from standard input and stops at the first error, whatever the user's psqlrc says. Terse, because the
    /// details of an error are rows of the database.
    /// </summary>
    public static Command Restore(PostgresPrograms programs, PostgresUrl url, string applicationName) =>
        WithAppName(
                Restoring(url)
                    .Authenticate(
                        Command.Of(
                            programs.Path("psql"),
                            "-X",
                            "-q",
                            "-w",
                            "-v",
                            "ON_ERROR_STOP=1",
                            "-v",
                            "VERBOSITY=terse",
                            "-f",
                            "-"
                        )
                    ),
                applicationName
            )
            .With("PGCLIENTENCODING", "UTF8");

    // A new database that nobody uses yet: what is not on the disk at a power cut is restored again.
    private static PostgresUrl Restoring(PostgresUrl url) =>
        url.WithParameter("synchronous_commit", "off")
            .WithParameter("statement_timeout", "0")
            .WithParameter("lock_timeout", "0");

    private static Command WithAppName(Command command, string applicationName) =>
        command.With("PGAPPNAME", applicationName);
}
