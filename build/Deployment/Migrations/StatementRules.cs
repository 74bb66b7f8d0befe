namespace Slipway.Migrations;

/// <summary>A statement by its first word: what it locks, what it loses, who fails on it.</summary>
internal static class StatementRules
{
    public static IEnumerable<Judgement> Judge(SqlStatement statement, ClassificationState state)
    {
        var cursor = new SqlCursor(statement.Tokens);
        if (statement.Tokens.FirstOrDefault(t => t.Kind == SqlTokenKind.Unterminated) is { Text.Length: > 0 } open)
            return
            [
                Judgement.Unsafe(
                    "unterminated",
                    null,
                    $"a {open.Text} has no end: the server sees another script than the one reviewed"
                ),
            ];
        if (statement.Tokens[0].Kind == SqlTokenKind.PsqlCommand)
            return
            [
                Judgement.Unsafe("psql-command", null, "no migration tool understands commands of psql: write SQL"),
            ];
        if (cursor.Accept("alter", "table"))
            return AlterTableRules.Judge(cursor, state).ToList();
        if (cursor.Accept("do"))
            return DoBlock.Judge(cursor, state);
        return cursor.Take().Text switch
        {
            "create" => CreateRules.Judge(cursor, state),
            "drop" => [DropRules.Judge(cursor, state)],
            "alter" => [AlterObjectRules.Judge(cursor, state)],
            "insert" => [RowRules.Insert(cursor)],
            "update" => [RowRules.Update(cursor, state)],
            "delete" => [RowRules.Delete(cursor, state)],
            "truncate" => [RowRules.Truncate(cursor, state)],
            "merge" =>
            [
                Judgement.Unsafe(
                    "merge",
                    TableLock.RowExclusive("its target"),
                    "one MERGE locks all rows it touches to the end: write batches of INSERT and UPDATE"
                ),
            ],
            "with" => [RowRules.With(cursor, state)],
            "select" or "values" or "table" => [RowRules.Select(cursor)],
            "copy" => [RowRules.Copy(cursor)],
            "lock" => [SessionRules.Lock(cursor)],
            "vacuum" => [MaintenanceRules.Vacuum(cursor, state)],
            "cluster" =>
            [
                Judgement.Unsafe(
                    "cluster",
                    "ACCESS EXCLUSIVE while the table is rewritten",
                    "pg_repack, or a maintenance window"
                ),
            ],
            "reindex" => [IndexRules.Reindex(cursor, state)],
            "refresh" => [MaintenanceRules.Refresh(cursor)],
            "analyze" or "analyse" => [Judgement.Expand("analyze")],
            "comment" => [Judgement.Expand("comment")],
            "security" => [Judgement.Expand("security-label")],
            "grant" => [Judgement.Expand("grant")],
            "revoke" =>
            [
                Judgement.Contract(
                    "revoke",
                    cursor.RestHas("on") ? cursor.NameAfterOn() : "privileges",
                    null,
                    "revoke once no serving version uses the privilege"
                ),
            ],
            "reassign" => [Judgement.Unsafe("reassign-owned", null, "name each object: ALTER … OWNER TO")],
            "set" => [SessionRules.Set(cursor)],
            "reset" or "discard" =>
            [
                Judgement.Unsafe(
                    "reset-setting",
                    null,
                    "it takes away the time-outs that the pipeline sets: remove it"
                ),
            ],
            "begin" or "start" or "commit" or "end" or "rollback" or "abort" or "prepare" when state.InTransaction =>
            [
                Judgement.Unsafe(
                    "transaction-control",
                    null,
                    "the tool wraps the file in a transaction: remove it, or use transaction:false and one statement"
                ),
            ],
            "savepoint" or "release" => [Judgement.Expand("savepoint")],
            "call" or "execute" => [Opaque()],
            "notify" or "show" or "explain" or "listen" or "unlisten" => [Judgement.Expand("harmless")],
            "checkpoint" or "load" =>
            [
                Judgement.Unsafe("server-setting", null, "it acts on the whole server: keep it out of migrations"),
            ],
            "import" => [Judgement.Expand("import-foreign-schema")],
            _ => [Unknown()],
        };
    }

    public static Judgement Opaque() =>
        Judgement.Unsafe("opaque-code", null, "what it runs cannot be read here: write the statements out");

    public static Judgement Unknown() =>
        Judgement.Unsafe("unknown-statement", null, "this statement is not known to be harmless: have it reviewed");
}
