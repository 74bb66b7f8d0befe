using Npgsql;

namespace Slipway.Tools.Tests;

/// <summary>What PostgreSQL itself did for a script: the locks it took, the tables it rewrote and read.</summary>
/// <param name="Locks">Relation → strongest mode, as <c>pg_locks</c> names it; only relations that were there before.</param>
internal sealed record ServerObservation(
    IReadOnlyDictionary<string, string> Locks,
    IReadOnlySet<string> Rewritten,
    IReadOnlySet<string> Read
)
{
    // By strength: https://www.postgresql.org/docs/current/explicit-locking.html
    private static readonly string[] Modes =
    [
        "ACCESS SHARE",
        "ROW SHARE",
        "ROW EXCLUSIVE",
        "SHARE UPDATE EXCLUSIVE",
        "SHARE",
        "SHARE ROW EXCLUSIVE",
        "EXCLUSIVE",
        "ACCESS EXCLUSIVE",
    ];

    /// <summary>Tables whose writers waited while all of their rows were read or written anew.</summary>
    public IEnumerable<string> WorkedOnUnderLock =>
        Rewritten.Concat(Read).Distinct().Where(table => StopsWriters(Locks.GetValueOrDefault(table, Modes[0])));

    /// <summary>SHARE and everything stronger.</summary>
    public static bool StopsWriters(string mode) => Array.IndexOf(Modes, mode) >= Array.IndexOf(Modes, "SHARE");

    /// <summary>Runs the script in a transaction, looks, and undoes it.</summary>
    public static async Task<ServerObservation> OfAsync(Postgres database, string script)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var before = await RelationsAsync(connection);
        await using var transaction = await connection.BeginTransactionAsync();
        await Postgres.ExecuteAsync(connection, script, CancellationToken.None);
        var held = await ReadAsync(
            connection,
            "select relation::bigint, mode from pg_locks where locktype = 'relation' and pid = pg_backend_pid() and granted"
        );
        var locks = held.Where(row => before.ContainsKey(row.Oid))
            .GroupBy(row => before[row.Oid].Name, row => Spelled(row.Text))
            .ToDictionary(group => group.Key, group => group.MaxBy(mode => Array.IndexOf(Modes, mode))!);
        var read = await ReadAsync(
            connection,
            "select relid::bigint, seq_tup_read::text from pg_stat_xact_user_tables where seq_tup_read > 0"
        );
        var after = await RelationsAsync(connection);
        return new(
            locks,
            before
                .Where(one =>
                    one.Value.Kind is "r" or "m"
                    && after.TryGetValue(one.Key, out var now)
                    && now.File != one.Value.File
                )
                .Select(one => one.Value.Name)
                .ToHashSet(),
            // A materialised view has no writers that could wait.
            read.Where(row => before.TryGetValue(row.Oid, out var one) && one.Kind != "m")
                .Select(row => before[row.Oid].Name)
                .ToHashSet()
        );
    }

    private static async Task<Dictionary<long, (string Name, string Kind, string File)>> RelationsAsync(
        NpgsqlConnection connection
    ) =>
        (
            await ReadAsync(
                connection,
                """
                select c.oid::bigint, c.relname::text || ' ' || c.relkind::text || ' ' || c.relfilenode::text
                from pg_class c where c.relkind in ('r', 'p', 'm', 'v') and c.relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace, 'information_schema'::regnamespace)
                """
            )
        ).ToDictionary(row => row.Oid, row => Parts(row.Text.Split(' ')));

    private static (string, string, string) Parts(string[] parts) => (parts[0], parts[1], parts[2]);

    private static async Task<List<(long Oid, string Text)>> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<(long, string)>();
        while (await row.ReadAsync())
            found.Add((row.GetInt64(0), row.GetString(1)));
        return found;
    }

    // ShareRowExclusiveLock → SHARE ROW EXCLUSIVE
    private static string Spelled(string mode) =>
        string.Concat(
                mode[..^"Lock".Length]
                    .Select((letter, at) => at > 0 && char.IsUpper(letter) ? $" {letter}" : $"{letter}")
            )
            .ToUpperInvariant();
}
