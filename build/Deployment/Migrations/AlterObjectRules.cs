namespace Slipway.Migrations;

/// <summary><c>ALTER</c> of anything but a table.</summary>
internal static class AlterObjectRules
{
    public static Judgement Judge(SqlCursor cursor, ClassificationState state)
    {
        var what = cursor.Take().Text;
        if (what is "system" or "role" or "user" or "group" or "database" or "tablespace" or "subscription")
            return Judgement.Unsafe(
                "server-setting",
                null,
                "it acts beyond this schema: set it with the infrastructure"
            );
        if (what == "materialized" || what == "foreign" || what == "event")
            cursor.Take();
        cursor.Accept("if", "exists");
        if (what == "default" && cursor.Sees("privileges"))
            return cursor.RestHas("revoke") ? Judgement.Contract("revoke", "privileges") : Judgement.Expand("grant");
        var name = cursor.Name();
        if (state.IsNew(name))
            return Judgement.Expand($"alter-new-{what}");
        if (
            cursor.RestHas("owner", "to")
            || what is "extension" or "publication" or "policy" or "statistics" or "operator"
        )
            return Judgement.Expand($"alter-{what}");
        if (what == "index")
        {
            return cursor.RestHas("set", "tablespace")
                ? Judgement.Unsafe(
                    "set-tablespace",
                    "ACCESS EXCLUSIVE while the index is rewritten",
                    "create a new index CONCURRENTLY in the tablespace, drop the old one"
                )
                : Judgement.Expand("alter-index", "SHARE UPDATE EXCLUSIVE on the index");
        }
        if (what == "type" && cursor.Accept("add", "value"))
            return Judgement.Expand("add-enum-value");
        if (what == "sequence" && cursor.RestHas("restart"))
            return Judgement.Unsafe(
                "restart-sequence",
                null,
                "a sequence set back hands out numbers that are taken: set it forward with setval(max(id))"
            );
        if (cursor.RestHas("rename"))
            return Judgement.Unsafe(
                $"rename-{what}",
                null,
                "the serving version fails at once: create the new one beside it, drop the old one in a later release"
            );
        if (cursor.RestHas("set", "schema"))
            return Judgement.Unsafe(
                "set-schema",
                null,
                "the serving version no longer finds it: create the new one beside it, drop the old one in a later release"
            );
        if (what == "type")
        {
            return cursor.Sees("drop", "attribute")
                ? Judgement.Contract("drop-attribute", name, null, "drop it once no serving version reads it")
                : Judgement.Unsafe(
                    "alter-type",
                    "ACCESS EXCLUSIVE on every table that uses it",
                    "make a new type and a column of it"
                );
        }
        if (what == "domain" && cursor.Sees("add"))
            state.AddConstrainedDomain(name);
        if (what == "domain" && (cursor.Sees("add") && !cursor.RestHas("not", "valid") || cursor.Sees("set", "not")))
            return Judgement.Unsafe(
                "alter-domain",
                "SHARE on every table that uses it, while every row is read",
                "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another migration"
            );
        return
            what
                is "domain"
                    or "sequence"
                    or "view"
                    or "function"
                    or "procedure"
                    or "routine"
                    or "schema"
                    or "trigger"
                    or "aggregate"
                    or "materialized"
                    or "foreign"
                    or "server"
                    or "event"
                    or "language"
                    or "collation"
                    or "text"
            ? Judgement.Expand($"alter-{what}")
            : StatementRules.Unknown();
    }
}
