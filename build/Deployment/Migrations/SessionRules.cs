namespace Slipway.Migrations;

/// <summary>What holds for the rest of the session or of the transaction: <c>SET</c> and <c>LOCK</c>.</summary>
internal static class SessionRules
{
    public static Judgement Set(SqlCursor cursor)
    {
        cursor.Accept("local");
        cursor.Accept("session");
        var name = cursor.Name();
        if (name is "role" or "authorization")
            return Judgement.Unsafe(
                "set-role",
                null,
                "objects would belong to another role than the pipeline's: remove it"
            );
        if (
            name is "lock_timeout" or "statement_timeout" or "idle_in_transaction_session_timeout"
            && cursor.Rest is [_, { Text: "0" or "default" or "'0'" }, ..]
        )
            return Judgement.Unsafe(
                "disables-timeout",
                null,
                "a lock that is not had would stop every query behind it: keep the time-out"
            );
        if (name == "session_replication_role")
            return Judgement.Unsafe(
                "disable-trigger",
                null,
                "writes pass without triggers and foreign keys: leave it on"
            );
        return Judgement.Expand("set");
    }

    public static Judgement Lock(SqlCursor cursor)
    {
        cursor.Accept("table");
        cursor.Accept("only");
        var table = cursor.Name();
        return cursor.RestHas("access", "share") || cursor.RestHas("row", "share")
            ? Judgement.Expand("lock-weak")
            : Judgement.Unsafe(
                "lock-table",
                TableLock.AccessExclusive(table),
                "every statement takes the lock it needs, for as long as it needs: remove it"
            );
    }
}
