namespace Slipway.Migrations;

/// <summary>What reads, adds, changes and takes away rows.</summary>
internal static class RowRules
{
    public static Judgement Insert(SqlCursor cursor)
    {
        cursor.Accept("into");
        return Judgement.Expand("insert-rows", TableLock.RowExclusive(cursor.Name()));
    }

    public static Judgement Update(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("only");
        var table = cursor.Name();
        if (state.IsNew(table))
            return Judgement.Expand("update-new-table");
        if (!Condition.IsBounded(cursor.Rest))
        {
            return Judgement.Unsafe(
                "update-all-rows",
                $"{TableLock.RowExclusive(table)}, every row it touches locked to the end",
                "update in batches by primary key outside the migration, or one batch per migration (WHERE id BETWEEN … AND …)"
            );
        }
        return Judgement.Expand("update-some-rows", TableLock.RowExclusive(table));
    }

    public static Judgement Delete(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("from");
        cursor.Accept("only");
        var table = cursor.Name();
        if (state.IsNew(table))
            return Judgement.Expand("delete-from-new-table");
        return Condition.IsBounded(cursor.Rest)
            ? Judgement.Contract(
                "delete-rows",
                table,
                TableLock.RowExclusive(table),
                "keep the rows until no serving version reads them; the backup is the only way back"
            )
            : Judgement.Unsafe(
                "delete-all-rows",
                TableLock.RowExclusive(table),
                "the backup is the only way back: delete named rows, in batches"
            );
    }

    public static Judgement Truncate(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("table");
        cursor.Accept("only");
        var tables = cursor.Parts().Select(part => part.Name()).ToList();
        return tables.All(state.IsNew)
            ? Judgement.Expand("truncate-new-table")
            : Judgement.Unsafe(
                "truncate",
                TableLock.AccessExclusive(string.Join(",", tables)),
                "the backup is the only way back: delete named rows, in batches"
            );
    }

    // The statement at the end decides; one that changes rows inside the WITH list decides as well.
    public static Judgement With(SqlCursor cursor, ClassificationState state)
    {
        Judgement? worst = null;
        var tokens = cursor.Rest;
        for (var i = 0; i < tokens.Length; i++)
        {
            // "for update" locks rows of a select, "on update" and "do update" belong to other statements.
            if (tokens[i].Text is not ("update" or "delete" or "merge") || tokens[i].Kind != SqlTokenKind.Word)
                continue;
            if (i > 0 && tokens[i - 1].Text is "for" or "do" or "on" or "key")
                continue;
            var part = new SqlCursor(tokens[i..]);
            var word = part.Take().Text;
            var judgement = word switch
            {
                "update" => Update(part, state),
                "delete" => Delete(part, state),
                _ => Judgement.Unsafe("merge", null, "write batches of INSERT and UPDATE"),
            };
            if (worst is null || judgement.Class > worst.Class)
                worst = judgement;
        }
        return worst ?? Judgement.Expand(cursor.RestHas("insert", "into") ? "insert-rows" : "select");
    }

    public static Judgement Select(SqlCursor cursor)
    {
        if (cursor.RestHas("for", "update") || cursor.RestHas("for", "share") || cursor.RestHas("for", "no"))
            return Judgement.Unsafe(
                "lock-rows",
                "ROW SHARE, every row it returns locked to the end",
                "a migration has no use for rows that it locks: remove it"
            );
        if (cursor.RestHas("pg_sleep") || cursor.RestHas("pg_advisory_lock") || cursor.RestHas("pg_advisory_xact_lock"))
            return Judgement.Unsafe("waits", null, "it holds the transaction's locks while it waits: remove it");
        if (cursor.RestHas("lo_unlink"))
            return Judgement.Contract("delete-rows", "pg_largeobject", null, "the backup is the only way back");
        return Judgement.Expand("select");
    }

    public static Judgement Copy(SqlCursor cursor)
    {
        if (cursor.RestHas("program"))
            return Judgement.Unsafe("copy-program", null, "it runs a program on the server: load the rows with INSERT");
        if (cursor.RestHas("from", "stdin"))
            return Judgement.Unsafe("copy-from-stdin", null, "no migration tool sends the rows after it: use INSERT");
        return Judgement.Expand("copy");
    }
}
