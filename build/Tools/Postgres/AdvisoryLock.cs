using Npgsql;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>A session-level advisory lock: it ends with the connection, so a dead holder holds nothing.</summary>
public sealed class AdvisoryLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private AdvisoryLock(NpgsqlConnection connection) => _connection = connection;

    public async ValueTask DisposeAsync()
    {
        try
        {
            // A server under load ends a session some time after it was closed: the next run would find it locked.
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", _connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // A connection that is gone holds nothing.
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    internal static async Task<AdvisoryLock> TakeAsync(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellation
    )
    {
        if (await TryAsync(connection, name, cancellation))
            return new AdvisoryLock(connection);

        await using var command = new NpgsqlCommand(
            """
            select a.application_name || ', since ' || to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                   || ', server process ' || a.pid
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
              and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended($1, 0)
            limit 1
            """,
            connection
        )
        {
            Parameters = { new() { Value = name } },
        };
        var holder = await command.ExecuteScalarAsync(cancellation) as string;
        throw new PipelineException(
            ExitCode.Locked,
            $"'{name}' is locked in the database by {holder ?? "a session that just ended"}",
            expected: "one run at a time",
            next: "wait for the other run to end; its lock ends with its connection"
        );
    }

    internal static async Task<bool> TryAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection)
        {
            Parameters = { new() { Value = name } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
