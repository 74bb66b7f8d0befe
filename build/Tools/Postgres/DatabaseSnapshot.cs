using System.Collections.Immutable;
using Npgsql;
using Slipway.Backups;

namespace Slipway.Tools;

/// <summary>
/// A REPEATABLE READ transaction with an exported snapshot: pg_dump joins it by <see cref="Id"/>, so what is counted
/// here is what stands in the dump, whatever users write meanwhile.
/// </summary>
public sealed class DatabaseSnapshot : IAsyncDisposable
{
    private const int TablesPerRoundTrip = 100;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private DatabaseSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, string id, string lsn)
    {
        _connection = connection;
        _transaction = transaction;
        Id = id;
        Lsn = lsn;
    }

    /// <summary>For <c>pg_dump --snapshot</c>.</summary>
    public string Id { get; }

    /// <summary>Write-ahead log position when the snapshot was taken.</summary>
    public string Lsn { get; }

    /// <summary>
    /// Rows and content of every table that a dump contains, large objects included. The session is set so that values
    /// print alike on any server: a checksum over text depends on it.
    /// </summary>
    public async Task<ImmutableArray<TableFingerprint>> FingerprintAsync(CancellationToken cancellation)
    {
        var tables = await TablesAsync(cancellation);
        var fingerprints = ImmutableArray.CreateBuilder<TableFingerprint>();
        foreach (var some in tables.Chunk(TablesPerRoundTrip))
        {
            await using var batch = new NpgsqlBatch(_connection, _transaction);
            foreach (var table in some)
            {
                // "(alias.*)": a column may be called like the alias, and would win over the row.
                batch.BatchCommands.Add(
                    new NpgsqlBatchCommand(
                        $"select count(*), coalesce(sum(hashtextextended((slipway_row.*)::text, 0)::numeric), 0)::text from only {table} slipway_row"
                    )
                );
            }
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            foreach (var table in some)
            {
                await reader.ReadAsync(cancellation);
                fingerprints.Add(new TableFingerprint(table, reader.GetInt64(0), reader.GetString(1)));
                await reader.NextResultAsync(cancellation);
            }
        }
        if (await LargeObjectsAsync(cancellation) is { Rows: > 0 } objects)
            fingerprints.Add(objects);
        return fingerprints.ToImmutable();
    }

    /// <summary>
    /// Position of every sequence now. Sequences live outside transactions: a value read here may be older than the
    /// one in a dump that follows, never younger.
    /// </summary>
    public async Task<ImmutableSortedDictionary<string, string>> SequencesAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select format('%I.%I', schemaname, sequencename), coalesce(last_value::text, 'unused')
            from pg_sequences where schemaname !~ '^pg_' order by 1
            """,
            _connection,
            _transaction
        );
        var sequences = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            sequences[row.GetString(0)] = row.GetString(1);
        return sequences.ToImmutable();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    internal static async Task<DatabaseSnapshot> OpenAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await Postgres.ExecuteAsync(
                connection,
                """
                set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '60s';
                set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres';
                set extra_float_digits = 3; set bytea_output = 'hex'; set lc_monetary = 'C';
                set search_path = pg_catalog; set row_security = off
                """,
                cancellation
            );
            var transaction = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead,
                cancellation
            );
            await using var command = new NpgsqlCommand(
                """
                select pg_export_snapshot(),
                       case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text
                """,
                connection,
                transaction
            );
            await using var row = await command.ExecuteReaderAsync(cancellation);
            await row.ReadAsync(cancellation);
            return new DatabaseSnapshot(connection, transaction, row.GetString(0), row.GetString(1));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // What pg_dump writes data for: ordinary tables (partitions by themselves), not those that an extension owns.
    private async Task<ImmutableArray<string>> TablesAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select format('%I.%I', n.nspname, c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and c.relpersistence <> 't'
              and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
              and not exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            order by 1
            """,
            _connection,
            _transaction
        );
        var tables = ImmutableArray.CreateBuilder<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            tables.Add(row.GetString(0));
        return tables.ToImmutable();
    }

    private async Task<TableFingerprint> LargeObjectsAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select count(*), coalesce(sum(hashtextextended(oid::text || ':' || md5(lo_get(oid)), 0)::numeric), 0)::text
            from pg_largeobject_metadata
            """,
            _connection,
            _transaction
        );
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new TableFingerprint("pg_catalog.pg_largeobject", row.GetInt64(0), row.GetString(1));
    }
}
