using Slipway.Backups;

namespace Slipway.Tools.Tests;

/// <summary>PostgreSQL's programs with one of them replaced by a script; <c>$REAL</c> is where the real ones are.</summary>
internal sealed class FakePrograms : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-programs-").FullName;

    public FakePrograms(string program, string script)
    {
        var real = SharedCluster.Programs.Folder!;
        // The user postgres starts the programs of a server, and has to get there.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        foreach (var name in new[] { "pg_dump", "pg_restore", "psql", "initdb", "pg_ctl" })
        {
            var path = Path.Combine(_folder, name);
            if (name != program)
            {
                File.CreateSymbolicLink(path, Path.Combine(real, name));
                continue;
            }
            File.WriteAllText(
                path,
                $"#!/bin/sh\nREAL={real}\n[ \"$1\" = --version ] && exec \"$REAL/{name}\" --version\n{script}\n"
            );
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    /// <summary>Programs with which a database is restored well and then changed.</summary>
    public static FakePrograms AfterRestore(BackupFormat format, string sql) =>
        format == BackupFormat.Sql
            ? new("psql", $"\"$REAL/psql\" \"$@\" || exit; \"$REAL/psql\" -Xqc \"{sql}\"")
            : new(
                "pg_restore",
                $"\"$REAL/pg_restore\" \"$@\" || exit; case \"$*\" in *--dbname*) \"$REAL/psql\" -Xqc \"{sql}\";; esac"
            );

    public PostgresPrograms Programs => new(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
