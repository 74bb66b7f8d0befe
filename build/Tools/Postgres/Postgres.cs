using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>A PostgreSQL server through its driver. Every call opens its own connection and closes it.</summary>
public sealed class Postgres(PostgresUrl url, string applicationName = "slipway")
{
    /// <summary>The database that connections go to which create, drop and rename others.</summary>
    public const string MaintenanceDatabase = "postgres";

    public PostgresUrl Url { get; } = url;

    /// <summary>Whether the server answers and the database is there.</summary>
    public async Task<TimeSpan> PingAsync(TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        await using var connection = await OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(cancellation);
        return time.GetElapsedTime(started);
    }

    public async Task<DatabaseDescription> InspectAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(
            """
            select current_setting('server_version'), current_setting('server_version_num')::int,
                   to_jsonb(d)::text, pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding),
                   pg_database_size(d.oid),
                   array(select unnest(s.setconfig) from pg_db_role_setting s where s.setdatabase = d.oid and s.setrole = 0),
                   array(select rolname::text from pg_roles where rolname !~ '^pg_' order by 1)
            from pg_database d where d.datname = current_database()
            """,
            connection
        );
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        using var database = JsonDocument.Parse(row.GetString(2));
        return new DatabaseDescription(
            row.GetString(0),
            row.GetInt32(1),
            Url.Database,
            row.GetString(3),
            row.GetString(4),
            Text(database, "datcollate")!,
            Text(database, "datctype")!,
            // The column's name changed in version 17.
            Text(database, "datlocale") ?? Text(database, "daticulocale"),
            row.GetInt64(5),
            [.. row.GetFieldValue<string[]>(6)],
            [.. row.GetFieldValue<string[]>(7)]
        );

        static string? Text(JsonDocument document, string name) =>
            document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    /// <summary>Whether the database exists on the server (asked in the maintenance database).</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenMaintenanceAsync(cancellation);
        await using var command = new NpgsqlCommand(
            "select exists(select from pg_database where datname = $1)",
            connection
        )
        {
            Parameters = { new() { Value = Url.Database } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Whether nothing of a user's stands in the database: no table, view, sequence, function, type.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(
            """
            select not exists(
              select from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
            and not exists(
              select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
            and not exists(select from pg_largeobject_metadata)
            """,
            connection
        );
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Opens a REPEATABLE READ snapshot and exports it, so that pg_dump sees the same rows as the counting connection.</summary>
    public async Task<DatabaseSnapshot> OpenSnapshotAsync(CancellationToken cancellation) =>
        await DatabaseSnapshot.OpenAsync(await OpenAsync(cancellation), cancellation);

    /// <summary>
    /// Ends server backends by their application name: a killed client leaves its backend running, and with it the locks.
    /// </summary>
    /// <returns>How many were told to end.</returns>
    public async Task<int> TerminateBackendsAsync(string application, CancellationToken cancellation)
    {
        await using var connection = await OpenMaintenanceAsync(cancellation);
        await using var command = new NpgsqlCommand(
            """
            select count(*) from (
              select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = $1 and pid <> pg_backend_pid()) ended
            """,
            connection
        )
        {
            Parameters = { new() { Value = Truncated(application) } },
        };
        return (int)(long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Ends what a killed client has left, in short time or not at all.</summary>
    internal async Task EndLeftBackendsAsync(string application)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await TerminateBackendsAsync(application, limit.Token);
        }
        catch (Exception failure) when (failure is PipelineException or OperationCanceledException or NpgsqlException)
        {
            // The server is gone, and its backend with it: the reason why the client ended is the one to report.
        }
    }

    /// <summary>Takes a session-level advisory lock in this database, or says who holds it.</summary>
    /// <exception cref="PipelineException">Exit code Locked: somebody else holds it.</exception>
    public async Task<AdvisoryLock> LockAsync(string name, CancellationToken cancellation)
    {
        var connection = await OpenAsync(cancellation);
        try
        {
            return await AdvisoryLock.TakeAsync(connection, name, cancellation);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Roles that are missing on this server, made without login, so that a dump's owners and grants can be restored.</summary>
    public async Task EnsureRolesAsync(ImmutableArray<string> roles, CancellationToken cancellation)
    {
        await using var connection = await OpenMaintenanceAsync(cancellation);
        foreach (var role in roles)
        {
            await using var exists = new NpgsqlCommand(
                "select exists(select from pg_roles where rolname = $1)",
                connection
            )
            {
                Parameters = { new() { Value = role } },
            };
            if (!(bool)(await exists.ExecuteScalarAsync(cancellation))!)
                await ExecuteAsync(connection, $"create role {Quote(role)} nologin", cancellation);
        }
    }

    /// <summary>Creates this database empty, like <paramref name="like"/> in encoding and locale.</summary>
    public async Task CreateAsync(DatabaseDescription like, CancellationToken cancellation)
    {
        await using var connection = await OpenMaintenanceAsync(cancellation);
        await CreateAsync(connection, Url.Database, like, cancellation);
    }

    /// <summary>Drops this database and cuts its connections; does nothing when it is not there.</summary>
    public async Task DropAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenMaintenanceAsync(cancellation);
        await DropAsync(connection, Url.Database, cancellation);
    }

    /// <summary>Gives the database its <c>ALTER DATABASE … SET</c> values and its owner.</summary>
    public async Task ConfigureAsync(DatabaseDescription like, CancellationToken cancellation)
    {
        await using var connection = await OpenMaintenanceAsync(cancellation);
        foreach (var setting in like.Settings)
        {
            var at = setting.IndexOf('=');
            // set_config's text form goes through a literal: the value is data, whatever stands in it.
            await ExecuteAsync(
                connection,
                $"alter database {Quote(Url.Database)} set {Quote(setting[..at])} to {SettingValue(setting[..at], setting[(at + 1)..])}",
                cancellation
            );
        }
        await ExecuteAsync(
            connection,
            $"alter database {Quote(Url.Database)} owner to {Quote(like.Owner)}",
            cancellation
        );
    }

    /// <summary>Runs statements, each in its own transaction.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        await ExecuteAsync(connection, sql, cancellation);
    }

    /// <exception cref="PipelineException">The server does not answer or refuses; says which, never the password.</exception>
    public Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation) => OpenAsync(Url, cancellation);

    public Task<NpgsqlConnection> OpenMaintenanceAsync(CancellationToken cancellation) =>
        OpenAsync(Url.WithDatabase(MaintenanceDatabase), cancellation);

    public static string Quote(string identifier) => "\"" + identifier.Replace("\"", "\"\"") + "\"";

    public static string Literal(string text) =>
        text.Contains('\\')
            ? " E'" + text.Replace("\\", "\\\\").Replace("'", "''") + "'"
            : "'" + text.Replace("'", "''") + "'";

    internal static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    internal static Task CreateAsync(
        NpgsqlConnection maintenance,
        string database,
        DatabaseDescription like,
        CancellationToken cancellation
    )
    {
        var icu = like.IcuLocale is null ? "" : $" locale_provider icu icu_locale {Literal(like.IcuLocale)}";
        return ExecuteAsync(
            maintenance,
            $"create database {Quote(database)} template template0 encoding {Literal(like.Encoding)}"
                + $" lc_collate {Literal(like.Collate)} lc_ctype {Literal(like.CType)}{icu}",
            cancellation
        );
    }

    internal static Task DropAsync(NpgsqlConnection maintenance, string database, CancellationToken cancellation) =>
        ExecuteAsync(maintenance, $"drop database if exists {Quote(database)} with (force)", cancellation);

    /// <summary>The server keeps 63 bytes of a name.</summary>
    internal static string Truncated(string name) => name.Length <= 63 ? name : name[..63];

    // A list setting keeps its commas outside the quotes, or search_path becomes one schema with a comma in its name.
    private static string SettingValue(string name, string value) =>
        name is "search_path" or "temp_tablespaces" or "session_preload_libraries" or "local_preload_libraries"
            ? value
            : Literal(value);

    private async Task<NpgsqlConnection> OpenAsync(PostgresUrl target, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(
            target.WithParameter("application_name", Truncated(applicationName)).ToConnectionString()
        );
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw new PipelineException(
                $"the database {target} does not let us in: {failure.Message}",
                expected: "a PostgreSQL server that answers, and a user that may connect",
                next: $"psql {target} -c 'select 1'",
                inner: failure
            );
        }
    }
}
