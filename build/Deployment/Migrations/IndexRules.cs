namespace Slipway.Migrations;

/// <summary><c>CREATE</c>, <c>DROP</c> and <c>REINDEX</c> of indexes: without CONCURRENTLY nobody writes meanwhile.</summary>
internal static class IndexRules
{
    public static Judgement Create(SqlCursor cursor, ClassificationState state, bool unique)
    {
        var concurrently = cursor.Accept("concurrently");
        cursor.Accept("if", "not", "exists");
        var name = cursor.Sees("on") ? "" : cursor.Name();
        var table = cursor.NameAfterOn();
        if (cursor.Accept("using"))
            cursor.Take();
        var columns = new SqlCursor(cursor.Parenthesized()).Parts().Select(part => part.Rest).ToList();
        state.AddIndex(
            name,
            columns.All(one => one.Length == 1) ? [.. columns.Select(one => $"{table}.{one[0].Text}")] : []
        );
        if (state.IsNew(table))
        {
            return concurrently && state.InTransaction
                ? Judgement.FailsInTransaction(
                    "create-index-concurrently-in-transaction",
                    "leave CONCURRENTLY out: nobody uses the table yet"
                )
                : Judgement.Expand("index-on-new-table");
        }
        if (!concurrently)
        {
            return Judgement.Unsafe(
                "create-index",
                TableLock.Share(table),
                $"CREATE {(unique ? "UNIQUE " : "")}INDEX CONCURRENTLY, alone in a file with transaction:false"
            );
        }
        return state.InTransaction
            ? Judgement.FailsInTransaction(
                "create-index-concurrently-in-transaction",
                "put it alone into a file with transaction:false"
            )
            : Judgement.Expand("create-index-concurrently", TableLock.ShareUpdateExclusive(table));
    }

    public static Judgement Drop(SqlCursor cursor, ClassificationState state)
    {
        var concurrently = cursor.Accept("concurrently");
        cursor.Accept("if", "exists");
        if (cursor.RestHas("cascade"))
            return DropRules.Cascade("ACCESS EXCLUSIVE on all that depends");
        if (!concurrently)
            return Judgement.Unsafe(
                "drop-index",
                "ACCESS EXCLUSIVE on its table",
                "DROP INDEX CONCURRENTLY, alone in a file with transaction:false"
            );
        return state.InTransaction
            ? Judgement.FailsInTransaction(
                "drop-index-concurrently-in-transaction",
                "put it alone into a file with transaction:false"
            )
            : DropsUnique(cursor, state)
                ?? Judgement.Expand("drop-index-concurrently", "SHARE UPDATE EXCLUSIVE on its table");
    }

    private static Judgement? DropsUnique(SqlCursor cursor, ClassificationState state) =>
        cursor
            .Parts()
            .Select(part => state.Schema.UniqueIndexes.GetValueOrDefault(part.Name()))
            .FirstOrDefault(known => known is not null)
            is { } unique
            ? Judgement.Contract(
                "drop-unique-index",
                unique.Table,
                TableLock.ShareUpdateExclusive(unique.Table),
                "ON CONFLICT of the serving version needs it: drop it once no version does"
            )
            : null;

    public static Judgement Reindex(SqlCursor cursor, ClassificationState state)
    {
        if (!cursor.RestHas("concurrently"))
            return Judgement.Unsafe(
                "reindex",
                "SHARE on its table, ACCESS EXCLUSIVE on the index",
                "REINDEX … CONCURRENTLY, alone in a file with transaction:false"
            );
        return state.InTransaction
            ? Judgement.FailsInTransaction(
                "reindex-concurrently-in-transaction",
                "put it alone into a file with transaction:false"
            )
            : Judgement.Expand("reindex-concurrently");
    }
}
