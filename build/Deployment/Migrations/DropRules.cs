namespace Slipway.Migrations;

/// <summary><c>DROP</c> of anything but an index.</summary>
internal static class DropRules
{
    public static Judgement Judge(SqlCursor cursor, ClassificationState state)
    {
        var what = cursor.Take().Text;
        if (what == "materialized" || what == "foreign" || what == "event" || what == "access")
            what += " " + cursor.Take().Text;
        if (what == "index")
            return IndexRules.Drop(cursor, state);
        if (what is "database" or "owned" or "tablespace" or "role" or "user" or "group" or "subscription")
            return Judgement.Unsafe(
                "drop-on-server",
                null,
                "it acts on the server, not on this database: keep it out of migrations"
            );
        cursor.Accept("if", "exists");
        if (cursor.RestHas("cascade"))
            return Cascade("ACCESS EXCLUSIVE on all that depends");
        if (what is "trigger" or "policy" or "rule")
        {
            var table = cursor.NameAfterOn();
            return state.IsNew(table)
                ? Judgement.Expand($"drop-{what}")
                : Judgement.Contract(
                    $"drop-{what}",
                    table,
                    TableLock.AccessExclusive(table),
                    "drop it once no serving version needs it"
                );
        }
        var names = cursor.Parts().Select(part => part.Name()).ToList();
        if (names.All(state.IsNew))
        {
            names.ForEach(state.Forget);
            return Judgement.Expand("drop-new");
        }
        var name = string.Join(",", names.Where(n => !state.IsNew(n)));
        return what switch
        {
            "table" or "foreign table" => Judgement.Contract(
                "drop-table",
                name,
                TableLock.AccessExclusive(name),
                "deploy a version that does not read it, let the rollback window pass, then drop it"
            ),
            _ => Judgement.Contract(
                $"drop-{what.Replace(' ', '-')}",
                name,
                what.EndsWith("view", StringComparison.Ordinal) ? TableLock.AccessExclusive(name) : null,
                "drop it once no serving version uses it"
            ),
        };
    }

    public static Judgement Cascade(string takes) =>
        Judgement.Unsafe("drop-cascade", takes, "CASCADE drops what is not named here: drop each object by its name");
}
