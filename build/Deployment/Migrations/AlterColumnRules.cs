namespace Slipway.Migrations;

/// <summary><c>ALTER TABLE … ALTER COLUMN</c>.</summary>
internal static class AlterColumnRules
{
    public static Judgement Judge(SqlCursor action, string table, ClassificationState state)
    {
        var exclusive = TableLock.AccessExclusive(table);
        var column = action.Name();
        if (action.Accept("type") || action.Accept("set", "data", "type"))
            return AlterType(action, table, column, state);
        if (action.Accept("set", "not", "null"))
            return state.IsKnownNotNull($"{table}.{column}")
                ? Judgement.Expand("set-not-null-proven", exclusive)
                : SetNotNull(table);
        if (action.Accept("drop", "not", "null"))
            return Judgement.Expand("drop-not-null", exclusive);
        if (action.Accept("set", "default"))
            return Judgement.Expand("set-default", exclusive);
        if (action.Accept("drop", "default"))
            return Judgement.Contract(
                "drop-default",
                $"{table}.{column}",
                exclusive,
                "drop it once no serving version inserts without the column"
            );
        if (action.Sees("set", "statistics") || action.Sees("set", "(") || action.Sees("reset", "("))
            return Judgement.Expand("column-statistics", TableLock.ShareUpdateExclusive(table));
        if (action.Sees("set", "storage") || action.Sees("set", "compression"))
            return Judgement.Expand("column-storage", exclusive);
        if (
            action.Sees("add", "generated")
            || action.Sees("set", "generated")
            || action.Sees("set", "cache")
            || action.Sees("set", "increment")
        )
            return Judgement.Expand("identity", exclusive);
        if (action.Sees("restart") || action.Sees("set", "restart"))
            return Judgement.Unsafe(
                "restart-sequence",
                exclusive,
                "a sequence set back hands out numbers that are taken: set it forward with setval(max(id))"
            );
        if (action.Sees("drop", "identity") || action.Sees("drop", "expression"))
            return Judgement.Contract("drop-identity", $"{table}.{column}", exclusive);
        return AlterTableRules.Unknown(table);
    }

    private static Judgement AlterType(SqlCursor action, string table, string column, ClassificationState state)
    {
        var end = action.Rest.TakeWhile(token => !token.Is("using") && !token.Is("collate")).ToList();
        var type = string.Join(' ', end.Select(token => token.Text));
        state.Schema.ColumnTypes.TryGetValue($"{table}.{column}", out var now);
        var free = end.Count == action.Rest.Length && WideningType.IsFree(now, type);
        if (free && state.Schema.CheckedColumns.Contains($"{table}.{column}"))
        {
            return Judgement.Unsafe(
                "widen-checked-column",
                TableLock.AccessExclusive(table),
                "every row is read for the CHECK on it: drop that, widen, add it again NOT VALID, VALIDATE it in another migration"
            );
        }
        return free
            ? Judgement.Expand("widen-column-type", TableLock.AccessExclusive(table))
            : Judgement.Rewrite(
                "change-column-type",
                table,
                "add a column of the new type, keep both by a trigger, fill in batches, move readers, drop the old one in a later release"
            );
    }

    public static Judgement SetNotNull(string table) =>
        Judgement.Unsafe(
            "set-not-null",
            TableLock.AccessExclusive(table),
            "ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; VALIDATE it in another migration; then SET NOT NULL reads no row"
        );
}
