using System.Collections.Immutable;
using Npgsql;
using Slipway.Migrations;

namespace Slipway.Tools;

/// <summary>What the database knows of migrations: the tool's record, our checksums, the schema before they run.</summary>
internal sealed class MigrationDatabase(Postgres postgres)
{
    // Outside the product's own schemas, so that no product meets it by accident.
    private const string CreateLedger = """
        create schema if not exists slipway;
        create table if not exists slipway.migration_checksums (
          version text primary key, file text not null, sha256 text not null, deployment_id text not null,
          recorded_at timestamptz not null default now());
        comment on table slipway.migration_checksums is 'content of each migration when it was applied, so that an edit is noticed'
        """;

    public async Task<ImmutableArray<string>> AppliedAsync(MigrationTool tool, CancellationToken cancellation)
    {
        if (tool.AppliedSql is null)
            return [.. (await RecordedAsync(cancellation)).Select(one => one.Version)];
        return await VersionsAsync(tool, tool.AppliedSql, cancellation);
    }

    /// <summary>What the tool has noted as failed and waits to be told about.</summary>
    public async Task<ImmutableArray<string>> FailedAsync(MigrationTool tool, CancellationToken cancellation) =>
        tool.FailedSql is { } sql ? await VersionsAsync(tool, sql, cancellation) : [];

    private async Task<ImmutableArray<string>> VersionsAsync(
        MigrationTool tool,
        string sql,
        CancellationToken cancellation
    )
    {
        await using var connection = await postgres.OpenAsync(cancellation);
        if (tool.AppliedSchema(postgres.Url) is { } schema)
            await Postgres.ExecuteAsync(connection, $"set search_path to {Postgres.Quote(schema)}", cancellation);
        return await ExistsAsync(connection, tool.AppliedTable!, cancellation)
            ? [.. await ReadAsync(connection, sql, row => row.GetString(0), cancellation)]
            : [];
    }

    public async Task<ImmutableArray<RecordedMigration>> RecordedAsync(CancellationToken cancellation)
    {
        await using var connection = await postgres.OpenAsync(cancellation);
        if (!await ExistsAsync(connection, "slipway.migration_checksums", cancellation))
            return [];
        return
        [
            .. await ReadAsync(
                connection,
                "select version, file, sha256, deployment_id from slipway.migration_checksums order by 1",
                row => new RecordedMigration(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)),
                cancellation
            ),
        ];
    }

    /// <summary>Notes files as they are now. <paramref name="replace"/>: an accepted edit takes the place of what was noted.</summary>
    public async Task RecordAsync(
        IEnumerable<MigrationFile> files,
        string deploymentId,
        bool replace,
        CancellationToken cancellation
    )
    {
        await using var connection = await postgres.OpenAsync(cancellation);
        await Postgres.ExecuteAsync(connection, CreateLedger, cancellation);
        foreach (var file in files)
        {
            await using var command = new NpgsqlCommand(
                "insert into slipway.migration_checksums (version, file, sha256, deployment_id) values ($1, $2, $3, $4) on conflict (version) do "
                    + (
                        replace
                            ? "update set file = excluded.file, sha256 = excluded.sha256, deployment_id = excluded.deployment_id, recorded_at = now()"
                            : "nothing"
                    ),
                connection
            )
            {
                Parameters =
                {
                    new() { Value = file.Version },
                    new() { Value = file.File },
                    new() { Value = file.Sha256 },
                    new() { Value = deploymentId },
                },
            };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    public async Task<KnownSchema> SchemaAsync(CancellationToken cancellation)
    {
        await using var connection = await postgres.OpenAsync(cancellation);
        const string Name =
            "case when n.nspname = 'public' then c.relname::text else n.nspname || '.' || c.relname end";
        var columns = await ReadAsync(
            connection,
            $"""
            select {Name} || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
              and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            """,
            row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
            cancellation
        );
        var checks = await ReadAsync(
            connection,
            $"""
            select {Name} || '.' || a.attname
            from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
            where k.contype = 'c' and k.convalidated and cardinality(k.conkey) = 1
              and pg_get_constraintdef(k.oid) = 'CHECK ((' || quote_ident(a.attname) || ' IS NOT NULL))'
            """,
            row => row.GetString(0),
            cancellation
        );
        return new KnownSchema(columns.ToImmutableSortedDictionary(StringComparer.Ordinal), [.. checks])
        {
            NotNullColumns = [.. await NamesAsync("a.attnotnull")],
            CheckedColumns =
            [
                .. await NamesAsync(
                    "exists(select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey))"
                ),
            ],
            ConstrainedDomains =
            [
                .. await ReadAsync(
                    connection,
                    """
                    select distinct case when n.nspname = 'public' then t.typname::text else n.nspname || '.' || t.typname end
                    from pg_type t join pg_namespace n on n.oid = t.typnamespace
                    left join pg_constraint k on k.contypid = t.oid
                    where t.typtype = 'd' and n.nspname <> 'information_schema' and (t.typnotnull or k.oid is not null)
                    """,
                    row => row.GetString(0),
                    cancellation
                ),
            ],
            WithDefaultPartition =
            [
                .. await ReadAsync(
                    connection,
                    $"""
                    select {Name} from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
                    join pg_namespace n on n.oid = c.relnamespace where p.partdefid <> 0
                    """,
                    row => row.GetString(0),
                    cancellation
                ),
            ],
            UniqueIndexes = (await UniqueIndexesAsync()).ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

        Task<List<string>> NamesAsync(string which) =>
            ReadAsync(
                connection,
                $"""
                select {Name} || '.' || a.attname
                from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
                  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and {which}
                """,
                row => row.GetString(0),
                cancellation
            );

        Task<List<KeyValuePair<string, KnownIndex>>> UniqueIndexesAsync() =>
            ReadAsync(
                connection,
                $"""
                select case when n.nspname = 'public' then i.relname::text else n.nspname || '.' || i.relname end, {Name},
                  case when x.indexprs is null then array(
                    select {Name} || '.' || a.attname from pg_attribute a
                    where a.attrelid = c.oid and a.attnum = any((x.indkey::int2[])[0:x.indnkeyatts - 1])) else '{"{}"}' end
                from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
                join pg_namespace n on n.oid = c.relnamespace
                where x.indisunique and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                """,
                row =>
                    KeyValuePair.Create(
                        row.GetString(0),
                        new KnownIndex(row.GetString(1), [.. row.GetFieldValue<string[]>(2)])
                    ),
                cancellation
            );
    }

    /// <summary>
    /// Indexes that a failed <c>CREATE INDEX CONCURRENTLY</c> left: they cost writes and serve no query. Those of
    /// partitioned tables are left out: they are invalid until each partition has its own, which is no failure.
    /// </summary>
    public async Task<ImmutableArray<string>> InvalidIndexesAsync(CancellationToken cancellation)
    {
        await using var connection = await postgres.OpenAsync(cancellation);
        return
        [
            .. await ReadAsync(
                connection,
                """
                select indexrelid::regclass::text from pg_index join pg_class on oid = indexrelid
                where not indisvalid and relkind = 'i' order by 1
                """,
                row => row.GetString(0),
                cancellation
            ),
        ];
    }

    private static async Task<bool> ExistsAsync(
        NpgsqlConnection connection,
        string table,
        CancellationToken cancellation
    )
    {
        await using var command = new NpgsqlCommand("select to_regclass($1) is not null", connection)
        {
            Parameters = { new() { Value = table } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await row.ReadAsync(cancellation))
            found.Add(read(row));
        return found;
    }
}
