namespace Slipway.Migrations;

/// <summary><c>CREATE</c> of anything but an index.</summary>
internal static class CreateRules
{
    public static IEnumerable<Judgement> Judge(SqlCursor cursor, ClassificationState state)
    {
        if (cursor.Accept("or", "replace"))
        {
            cursor.Accept("temporary");
            cursor.Accept("temp");
            cursor.Accept("recursive");
            return cursor.Sees("rule")
                ? [Rule(cursor)]
                : [Judgement.Expand(cursor.Sees("view") ? "replace-view" : "replace-function")];
        }
        cursor.Accept("global");
        cursor.Accept("local");
        if (cursor.Accept("temporary") || cursor.Accept("temp"))
        {
            cursor.Accept("table");
            cursor.Accept("if", "not", "exists");
            state.Create(cursor.Name());
            return [Judgement.Expand("create-temporary")];
        }
        if (cursor.Accept("unlogged"))
            return [CreateTable(cursor, state)];
        var unique = cursor.Accept("unique");
        if (cursor.Accept("index"))
            return [IndexRules.Create(cursor, state, unique)];
        if (cursor.Sees("table"))
            return [CreateTable(cursor, state)];
        if (cursor.Accept("materialized", "view") || cursor.Accept("view") || cursor.Accept("recursive", "view"))
        {
            cursor.Accept("if", "not", "exists");
            state.Create(cursor.Name());
            return [Judgement.Expand("create-view")];
        }
        if (cursor.Sees("trigger") || cursor.Sees("constraint", "trigger"))
        {
            var table = cursor.NameAfterOn();
            return [Judgement.Expand("create-trigger", state.IsNew(table) ? null : TableLock.ShareRowExclusive(table))];
        }
        if (cursor.Sees("rule"))
            return [Rule(cursor)];
        if (cursor.Sees("database") || cursor.Sees("tablespace") || cursor.Sees("subscription"))
            return
            [
                Judgement.Unsafe(
                    "not-in-transaction",
                    null,
                    "it acts on the server, not on this database: keep it out of migrations"
                ),
            ];
        if (cursor.Sees("role") || cursor.Sees("user") || cursor.Sees("group"))
            return
            [
                cursor.Sees("user", "mapping")
                    ? Judgement.Expand("create")
                    : Judgement.Unsafe(
                        "server-role",
                        null,
                        "roles belong to the server and their passwords to no file: create them with the infrastructure"
                    ),
            ];
        if (cursor.Sees("domain") && (cursor.RestHas("check") || cursor.RestHas("not", "null")))
            state.AddConstrainedDomain(NameAfter(cursor, "domain"));
        return
            cursor.Current.Text
                is "type"
                    or "domain"
                    or "sequence"
                    or "schema"
                    or "function"
                    or "procedure"
                    or "extension"
                    or "policy"
                    or "aggregate"
                    or "operator"
                    or "cast"
                    or "collation"
                    or "statistics"
                    or "publication"
                    or "text"
                    or "foreign"
                    or "server"
                    or "event"
                    or "conversion"
                    or "language"
                    or "transform"
                    or "access"
            ? [Judgement.Expand("create")]
            : [StatementRules.Unknown()];
    }

    private static Judgement Rule(SqlCursor cursor)
    {
        while (!cursor.AtEnd && !cursor.Accept("to"))
            cursor.Take();
        return Judgement.Unsafe(
            "create-rule",
            TableLock.AccessExclusive(cursor.Name()),
            "a rule rewrites the queries of the serving version: use a trigger or a view"
        );
    }

    private static Judgement CreateTable(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("table");
        cursor.Accept("if", "not", "exists");
        var table = cursor.Name();
        var parent = cursor.Accept("partition", "of") ? cursor.Name() : null;
        var isNew = parent is null || state.IsNew(parent);
        state.Create(table);
        if (!isNew && state.Schema.WithDefaultPartition.Contains(parent!))
        {
            return Judgement.Unsafe(
                "create-partition-beside-default",
                TableLock.AccessExclusive(parent!),
                "every row of the default partition is read: first add a CHECK to that one which excludes the new bounds, NOT VALID, and validate it in another migration"
            );
        }
        if (!isNew)
            return Judgement.Expand("create-partition", TableLock.AccessExclusive(parent!));
        return ColumnDefinition.ReferencedBy(cursor.Rest) is { } referenced && !state.IsNew(referenced)
            ? Judgement.Expand("create-table", TableLock.ShareRowExclusive(referenced))
            : Judgement.Expand("create-table");
    }

    private static string NameAfter(SqlCursor cursor, string word)
    {
        var name = new SqlCursor(cursor.Rest);
        name.Accept(word);
        return name.Name();
    }
}
