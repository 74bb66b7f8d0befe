using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary><c>ALTER TABLE … ADD CONSTRAINT</c>: only what reads no row under its lock passes.</summary>
internal static class AddConstraintRules
{
    public static Judgement Judge(SqlCursor action, string table, string name, ClassificationState state)
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
                return AlterColumnRules.SetNotNull(table);
            state.AddNotValid(table, name, action.Name());
            return Judgement.Expand("add-not-null-not-valid", exclusive);
        }
        if (action.Accept("foreign", "key"))
        {
            var locks = TableLock.ShareRowExclusive(
                table,
                ColumnDefinition.ReferencedBy(action.Rest) ?? "the other table"
            );
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
