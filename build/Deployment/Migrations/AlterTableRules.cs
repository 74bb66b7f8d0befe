using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary><c>ALTER TABLE</c>, action by action.</summary>
internal static class AlterTableRules
{
    public static IEnumerable<Judgement> Judge(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("if", "exists");
        cursor.Accept("only");
        if (cursor.Sees("all", "in"))
        {
            yield return Rewrite(
                "set-tablespace",
                "every table of the tablespace",
                "move tables one by one in a maintenance window"
            );
            yield break;
        }
        var table = cursor.Name();
        cursor.Accept("*");
        var isNew = state.IsNew(table);
        foreach (var action in cursor.Parts())
        {
            var judgement = JudgeAction(action, table, state);
            // Nobody reads a table that this run has made: no lock on it matters, nothing in it can be lost.
            yield return isNew && judgement.Rule is not ("unknown-alter" or "rename-table")
                ? Judgement.Expand(judgement.Rule)
                : judgement;
        }
    }

    private static Judgement JudgeAction(SqlCursor action, string table, ClassificationState state)
    {
        var exclusive = TableLock.AccessExclusive(table);
        if (action.Accept("add"))
            return Add(action, table, state);
        if (action.Accept("alter"))
        {
            if (action.Accept("constraint"))
                return Judgement.Expand("alter-constraint", exclusive);
            action.Accept("column");
            return AlterColumn(action, table, state);
        }
        if (action.Accept("drop"))
            return Drop(action, table);
        if (action.Accept("validate", "constraint"))
        {
            return state.Validate(table, action.Name())
                ? Judgement.Unsafe(
                    "validate-in-same-transaction",
                    exclusive,
                    "validate in a migration of its own: here the lock of ADD CONSTRAINT is held while every row is read"
                )
                : Judgement.Expand("validate-constraint", TableLock.ShareUpdateExclusive(table));
        }
        if (action.Accept("rename"))
            return Rename(action, table, state);
        if (action.Accept("set"))
            return Set(action, table);
        if (action.Accept("reset"))
            return Judgement.Expand("storage-parameter", TableLock.ShareUpdateExclusive(table));
        if (action.Accept("owner", "to"))
            return Judgement.Expand("change-owner", exclusive);
        if (action.Accept("replica", "identity") || action.Accept("inherit"))
            return Judgement.Expand("table-property", exclusive);
        if (action.Accept("no", "inherit"))
            return Judgement.Contract("no-inherit", table, exclusive);
        if (action.Sees("enable", "row") || action.Sees("force", "row"))
        {
            return Judgement.Unsafe(
                "enable-row-security",
                exclusive,
                "without a policy for its role the serving version sees no rows: create the policies first, and enable for a role that it does not use"
            );
        }
        if (action.Sees("disable", "row") || action.Sees("no", "force"))
            return Judgement.Unsafe(
                "disable-row-security",
                exclusive,
                "rows become visible to every role with a grant: restrict the grants first"
            );
        if (action.Sees("disable", "trigger") || action.Sees("disable", "rule"))
        {
            return Judgement.Unsafe(
                "disable-trigger",
                TableLock.ShareRowExclusive(table),
                "writes of the serving version pass without it (with ALL, without foreign keys): leave it on, and drop it once nothing needs it"
            );
        }
        if (action.Accept("enable"))
            return Judgement.Expand("enable-trigger", TableLock.ShareRowExclusive(table));
        if (action.Accept("attach", "partition"))
        {
            var partition = action.Name();
            return state.IsNew(partition)
                ? Judgement.Expand("attach-new-partition", TableLock.ShareUpdateExclusive(table))
                : Judgement.Unsafe(
                    "attach-partition",
                    TableLock.AccessExclusive(partition),
                    "first add a CHECK with the partition's bounds NOT VALID, validate it in another migration, then attach: no row is read"
                );
        }
        if (action.Accept("detach", "partition"))
        {
            var partition = action.Name();
            return action.Accept("concurrently")
                ? Judgement.Contract("detach-partition", partition, TableLock.ShareUpdateExclusive(table))
                : Judgement.Unsafe(
                    "detach-partition",
                    $"{exclusive} and {partition}",
                    "DETACH PARTITION … CONCURRENTLY, in a file with transaction:false"
                );
        }
        if (action.Sees("cluster", "on") || action.Sees("not", "of") || action.Sees("of"))
            return Judgement.Expand("table-property", exclusive);
        return Judgement.Unsafe(
            "unknown-alter",
            exclusive,
            "this action is not known to be harmless: have it reviewed"
        );
    }

    private static Judgement Add(SqlCursor action, string table, ClassificationState state)
    {
        if (action.Accept("constraint"))
        {
            action.Accept("if", "not", "exists");
            var name = action.Name();
            return AddConstraint(action, table, name, state);
        }
        if (
            action.Sees("check")
            || action.Sees("unique")
            || action.Sees("primary")
            || action.Sees("foreign")
            || action.Sees("exclude")
        )
            return AddConstraint(action, table, "", state);
        action.Accept("column");
        action.Accept("if", "not", "exists");
        return AddColumn(action, table, state);
    }

    private static Judgement AddColumn(SqlCursor action, string table, ClassificationState state)
    {
        var exclusive = TableLock.AccessExclusive(table);
        var column = action.Name();
        var definition = action.Rest;
        if (
            definition.Length > 0
            && definition[0].Text is "serial" or "bigserial" or "smallserial" or "serial2" or "serial4" or "serial8"
        )
            return Rewrite(
                "add-column-serial",
                table,
                "add the column without default, then a sequence, then fill in batches, then set the default"
            );
        if (action.RestHas("generated") && action.RestHas("as", "identity"))
            return Rewrite(
                "add-column-identity",
                table,
                "add a plain column, fill it in batches, then ADD GENERATED BY DEFAULT AS IDENTITY"
            );
        if (action.RestHas("generated") && action.RestHas("stored"))
            return Rewrite(
                "add-column-generated-stored",
                table,
                "a plain column kept by a trigger and filled in batches, or a view"
            );
        if (action.RestHas("primary", "key") || ColumnHas(definition, "unique"))
        {
            return Judgement.Unsafe(
                "add-column-unique",
                exclusive,
                "add the column alone, CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX"
            );
        }
        if (ColumnHas(definition, "check"))
        {
            return Judgement.Unsafe(
                "add-column-check",
                exclusive,
                "add the column alone, then ADD CONSTRAINT … CHECK … NOT VALID, then VALIDATE CONSTRAINT in another migration"
            );
        }
        if (state.IsConstrainedDomain(new SqlCursor(definition).Name()))
        {
            return Rewrite(
                "add-column-constrained-domain",
                table,
                "a column of the plain type, then ADD CONSTRAINT … CHECK … NOT VALID, then VALIDATE CONSTRAINT in another migration"
            );
        }
        return AddWithDefault(definition, table, column);
    }

    private static Judgement AddWithDefault(ImmutableArray<SqlToken> definition, string table, string column)
    {
        var exclusive = TableLock.AccessExclusive(table);
        var isDefault = DefaultOf(definition);
        var isNull = isDefault is null or [{ Kind: SqlTokenKind.Word, Text: "null" }, ..];
        var referenced = ReferencedBy(definition);
        if (referenced is not null)
            exclusive += $", SHARE ROW EXCLUSIVE on {referenced}";
        if (isNull && HasNotNull(definition))
        {
            return Judgement.Unsafe(
                "add-column-not-null",
                exclusive,
                "fails where there are rows, and inserts of the serving version fail: give it a constant DEFAULT, or add it nullable and fill it"
            );
        }
        if (isNull)
        {
            // A reference of nothing but nulls needs no look at the rows; the server knows that.
            return referenced is null
                ? Judgement.Expand("add-column", exclusive)
                : Judgement.Expand("add-column-references-null", exclusive);
        }
        if (VolatileExpression.FirstVolatile(isDefault!.Value) is { } function)
        {
            return Rewrite(
                "add-column-volatile-default",
                table,
                $"{function}() is computed row by row: add the column without default, ALTER COLUMN {column} SET DEFAULT, fill old rows in batches"
            );
        }
        return referenced is null
            ? Judgement.Expand("add-column-constant-default", exclusive)
            : Judgement.Unsafe(
                "add-column-references",
                exclusive,
                "add the column alone, then ADD CONSTRAINT … FOREIGN KEY … NOT VALID, then VALIDATE CONSTRAINT in another migration"
            );
    }

    private static Judgement AddConstraint(SqlCursor action, string table, string name, ClassificationState state)
    {
        var exclusive = TableLock.AccessExclusive(table);
        var notValid = action.RestHas("not", "valid");
        if (action.Accept("check"))
        {
            if (!notValid)
            {
                return Judgement.Unsafe(
                    "add-check",
                    exclusive,
                    "ADD CONSTRAINT … CHECK … NOT VALID, then VALIDATE CONSTRAINT in another migration"
                );
            }
            state.AddNotValid(table, name, NotNullColumn(action.Parenthesized()));
            return Judgement.Expand("add-check-not-valid", exclusive);
        }
        if (action.Accept("not", "null"))
        {
            if (!notValid)
                return SetNotNull(table);
            state.AddNotValid(table, name, action.Name());
            return Judgement.Expand("add-not-null-not-valid", exclusive);
        }
        if (action.Accept("foreign", "key"))
        {
            var locks = TableLock.ShareRowExclusive(table, ReferencedBy(action.Rest) ?? "the other table");
            if (notValid)
            {
                state.AddNotValid(table, name, null);
                return Judgement.Expand("add-foreign-key-not-valid", locks);
            }
            return Judgement.Unsafe(
                "add-foreign-key",
                locks,
                "ADD CONSTRAINT … FOREIGN KEY … NOT VALID, then VALIDATE CONSTRAINT in another migration"
            );
        }
        if (action.Sees("unique") || action.Sees("primary"))
        {
            if (action.RestHas("using", "index") && !action.RestHas("using", "index", "tablespace"))
            {
                var isPrimary = action.Accept("primary", "key") || !action.Accept("unique");
                action.Accept("using", "index");
                return isPrimary && !state.IsOverNotNull(action.Name())
                    ? Judgement.Unsafe(
                        "primary-key-over-nullable",
                        exclusive,
                        "every row is read for nulls: ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in another migration, then make the key"
                    )
                    : Judgement.Expand("constraint-using-index", exclusive);
            }
            return Judgement.Unsafe(
                "add-unique",
                exclusive,
                "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … USING INDEX"
            );
        }
        if (action.Sees("exclude"))
            return Judgement.Unsafe(
                "add-exclude",
                exclusive,
                "no way without the lock: add it while the table is small, or in a maintenance window"
            );
        return Judgement.Unsafe(
            "unknown-alter",
            exclusive,
            "this constraint is not known to be harmless: have it reviewed"
        );
    }

    private static Judgement AlterColumn(SqlCursor action, string table, ClassificationState state)
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
        return Judgement.Unsafe(
            "unknown-alter",
            exclusive,
            "this action is not known to be harmless: have it reviewed"
        );
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
            : Rewrite(
                "change-column-type",
                table,
                "add a column of the new type, keep both by a trigger, fill in batches, move readers, drop the old one in a later release"
            );
    }

    private static Judgement Drop(SqlCursor action, string table)
    {
        var exclusive = TableLock.AccessExclusive(table);
        if (action.RestHas("cascade"))
            return Judgement.Unsafe(
                "drop-cascade",
                exclusive,
                "CASCADE drops what is not named here: drop each object by its name"
            );
        if (action.Accept("constraint"))
        {
            action.Accept("if", "exists");
            var name = action.Name();
            return name.EndsWith("_key", StringComparison.Ordinal) || name.EndsWith("_pkey", StringComparison.Ordinal)
                ? Judgement.Contract(
                    "drop-unique-constraint",
                    table,
                    exclusive,
                    "ON CONFLICT of the serving version needs it: drop it once no version does"
                )
                : Judgement.Expand("drop-constraint", exclusive);
        }
        action.Accept("column");
        action.Accept("if", "exists");
        var column = action.Name();
        return Judgement.Contract(
            "drop-column",
            $"{table}.{column}",
            exclusive,
            "deploy a version that does not read it, let the rollback window pass, then drop it"
        );
    }

    private static Judgement Rename(SqlCursor action, string table, ClassificationState state)
    {
        var exclusive = TableLock.AccessExclusive(table);
        if (action.Accept("constraint"))
            return Judgement.Expand("rename-constraint", exclusive);
        if (action.Accept("to"))
        {
            var isNew = state.IsNew(table);
            state.Rename(table, action.Name());
            return isNew
                ? Judgement.Expand("rename-table")
                : Judgement.Unsafe(
                    "rename-table",
                    exclusive,
                    "the serving version fails at once: create a view under the new name, rename in a later release"
                );
        }
        return Judgement.Unsafe(
            "rename-column",
            exclusive,
            "the serving version fails at once: add a column with the new name, keep both by a trigger, drop the old one in a later release"
        );
    }

    private static Judgement Set(SqlCursor action, string table)
    {
        if (action.Sees("schema"))
        {
            return Judgement.Unsafe(
                "set-schema",
                TableLock.AccessExclusive(table),
                "the serving version no longer finds it: create a view in the new schema, move it in a later release"
            );
        }
        if (action.Sees("tablespace"))
            return Rewrite("set-tablespace", table, "move it in a maintenance window, or copy by logical replication");
        if (action.Sees("logged") || action.Sees("unlogged"))
            return Rewrite(
                "set-logged",
                table,
                "create a new table, fill it in batches, swap them in a maintenance window"
            );
        if (action.Sees("access", "method"))
            return Rewrite("set-access-method", table, "create a new table with the method, fill it in batches");
        if (action.Sees("without"))
            return Judgement.Expand("storage-parameter", TableLock.AccessExclusive(table));
        return action.Sees("(")
            ? Judgement.Expand("storage-parameter", TableLock.ShareUpdateExclusive(table))
            : Judgement.Unsafe(
                "unknown-alter",
                TableLock.AccessExclusive(table),
                "this action is not known to be harmless: have it reviewed"
            );
    }

    private static Judgement SetNotNull(string table) =>
        Judgement.Unsafe(
            "set-not-null",
            TableLock.AccessExclusive(table),
            "ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; VALIDATE it in another migration; then SET NOT NULL reads no row"
        );

    private static Judgement Rewrite(string rule, string table, string saferWay) =>
        Judgement.Unsafe(rule, $"{TableLock.AccessExclusive(table)} while every row is rewritten", saferWay);

    // Whether the definition has the word outside parentheses and outside its default's expression.
    private static bool ColumnHas(ImmutableArray<SqlToken> definition, string word)
    {
        var depth = 0;
        foreach (var token in definition)
        {
            if (token.Is("("))
                depth++;
            else if (token.Is(")"))
                depth--;
            else if (depth == 0 && token.Is(word))
                return true;
        }
        return false;
    }

    /// <summary>The table behind REFERENCES; null when there is none.</summary>
    public static string? ReferencedBy(ImmutableArray<SqlToken> definition)
    {
        for (var i = 0; i < definition.Length; i++)
            if (definition[i].Is("references"))
                return new SqlCursor(definition[(i + 1)..]).Name();
        return null;
    }

    private static bool HasNotNull(ImmutableArray<SqlToken> definition)
    {
        for (var i = 0; i + 1 < definition.Length; i++)
        {
            if (definition[i].Is("not") && definition[i + 1].Is("null"))
                return true;
        }
        return false;
    }

    private static ImmutableArray<SqlToken>? DefaultOf(ImmutableArray<SqlToken> definition)
    {
        var at = 0;
        while (at < definition.Length && !definition[at].Is("default"))
            at++;
        if (at == definition.Length)
            return null;
        var end = at + 1;
        for (var depth = 0; end < definition.Length; end++)
        {
            if (definition[end].Is("("))
                depth++;
            else if (definition[end].Is(")"))
                depth--;
            else if (depth == 0 && end > at + 1 && IsNextClause(definition, end))
                break;
        }
        return definition[(at + 1)..end];
    }

    private static bool IsNextClause(ImmutableArray<SqlToken> definition, int at) =>
        definition[at].Text
            is "constraint"
                or "collate"
                or "generated"
                or "null"
                or "references"
                or "check"
                or "unique"
                or "primary"
        || (definition[at].Is("not") && at + 1 < definition.Length && definition[at + 1].Is("null"));

    // CHECK (column IS NOT NULL), possibly with more parentheses around.
    private static string? NotNullColumn(ImmutableArray<SqlToken> check)
    {
        while (check.Length > 2 && check[0].Is("(") && check[^1].Is(")"))
            check = check[1..^1];
        return check is [var column, var a, var b, var c] && a.Is("is") && b.Is("not") && c.Is("null")
            ? column.Text
            : null;
    }
}
