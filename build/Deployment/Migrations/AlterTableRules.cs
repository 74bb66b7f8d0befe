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
            yield return Judgement.Rewrite(
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
            return AlterColumnRules.Judge(action, table, state);
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
            return PartitionRules.Attach(action.Name(), table, state);
        if (action.Accept("detach", "partition"))
            return PartitionRules.Detach(action, table);
        if (action.Sees("cluster", "on") || action.Sees("not", "of") || action.Sees("of"))
            return Judgement.Expand("table-property", exclusive);
        return Unknown(table);
    }

    private static Judgement Add(SqlCursor action, string table, ClassificationState state)
    {
        if (action.Accept("constraint"))
        {
            action.Accept("if", "not", "exists");
            var name = action.Name();
            return AddConstraintRules.Judge(action, table, name, state);
        }
        if (
            action.Sees("check")
            || action.Sees("unique")
            || action.Sees("primary")
            || action.Sees("foreign")
            || action.Sees("exclude")
        )
            return AddConstraintRules.Judge(action, table, "", state);
        action.Accept("column");
        action.Accept("if", "not", "exists");
        return AddColumnRules.Judge(action, table, state);
    }

    private static Judgement Drop(SqlCursor action, string table)
    {
        var exclusive = TableLock.AccessExclusive(table);
        if (action.RestHas("cascade"))
            return DropRules.Cascade(exclusive);
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
            return Judgement.Rewrite(
                "set-tablespace",
                table,
                "move it in a maintenance window, or copy by logical replication"
            );
        if (action.Sees("logged") || action.Sees("unlogged"))
            return Judgement.Rewrite(
                "set-logged",
                table,
                "create a new table, fill it in batches, swap them in a maintenance window"
            );
        if (action.Sees("access", "method"))
            return Judgement.Rewrite(
                "set-access-method",
                table,
                "create a new table with the method, fill it in batches"
            );
        if (action.Sees("without"))
            return Judgement.Expand("storage-parameter", TableLock.AccessExclusive(table));
        return action.Sees("(")
            ? Judgement.Expand("storage-parameter", TableLock.ShareUpdateExclusive(table))
            : Unknown(table);
    }

    public static Judgement Unknown(string table) =>
        Judgement.Unsafe(
            "unknown-alter",
            TableLock.AccessExclusive(table),
            "this action is not known to be harmless: have it reviewed"
        );
}
