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

    /// <summary>
    /// What there is, a line each, in words that do not change from one server version to the next: names, types, kinds;
    /// no expression, which every version prints its own way.
    /// </summary>
    public async Task<ImmutableArray<string>> OutlineAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            with own as (
              select n.oid, n.nspname from pg_namespace n
              where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
            extension as (select classid, objid from pg_depend where deptype = 'e')
            select line from (
              select format('%s %I.%I', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
                       when 'm' then 'materialized view' when 'f' then 'foreign table' else 'index' end, own.nspname, c.relname)
                     || case when c.relrowsecurity then ' with row security' else '' end as line
              from pg_class c join own on own.oid = c.relnamespace
              where c.relkind in ('r', 'p', 'v', 'm', 'f', 'i', 'I') and c.relpersistence <> 't'
                and not exists (select from extension e where e.classid = 'pg_class'::regclass and e.objid = c.oid)
              union all
              select format('column %I.%I.%I %s', own.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
                     || case when a.attnotnull then ' not null' else '' end || case when a.atthasdef then ' default' else '' end
              from pg_attribute a join pg_class c on c.oid = a.attrelid join own on own.oid = c.relnamespace
              where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
                and not exists (select from extension e where e.classid = 'pg_class'::regclass and e.objid = c.oid)
              union all
              -- From version 18 on a NOT NULL is a constraint of its own; its column says it already.
              select format('constraint %I on %I.%I %s', k.conname, own.nspname, c.relname, k.contype)
              from pg_constraint k join pg_class c on c.oid = k.conrelid join own on own.oid = c.relnamespace
              where k.contype <> 'n'
              union all
              select format('function %I.%I(%s)', own.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
              from pg_proc p join own on own.oid = p.pronamespace
              where not exists (select from extension e where e.classid = 'pg_proc'::regclass and e.objid = p.oid)
              union all
              select format('trigger %I on %I.%I', t.tgname, own.nspname, c.relname)
              from pg_trigger t join pg_class c on c.oid = t.tgrelid join own on own.oid = c.relnamespace where not t.tgisinternal
              union all
              select format('policy %I on %I.%I', p.polname, own.nspname, c.relname)
              from pg_policy p join pg_class c on c.oid = p.polrelid join own on own.oid = c.relnamespace
              union all
              select format('type %I.%I %s', own.nspname, t.typname, t.typtype)
                     || coalesce((select ' ' || string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid), '')
              from pg_type t join own on own.oid = t.typnamespace
              where t.typtype in ('e', 'd', 'r', 'm')
                and not exists (select from extension e where e.classid = 'pg_type'::regclass and e.objid = t.oid)
              union all
              select format('sequence %I.%I increment %s', schemaname, sequencename, increment_by)
              from pg_sequences where schemaname !~ '^pg_'
              union all
              select format('extension %I', extname) from pg_extension
            ) lines order by line collate "C"
            """,
            _connection,
            _transaction
        );
        var lines = ImmutableArray.CreateBuilder<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            lines.Add(row.GetString(0));
        return lines.ToImmutable();
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
