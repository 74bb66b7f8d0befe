namespace Slipway.Migrations;

/// <summary><c>VACUUM</c> and <c>REFRESH MATERIALIZED VIEW</c>.</summary>
internal static class MaintenanceRules
{
    public static Judgement Vacuum(SqlCursor cursor, ClassificationState state)
    {
        if (cursor.RestHas("full"))
            return Judgement.Unsafe(
                "vacuum-full",
                "ACCESS EXCLUSIVE while the table is rewritten",
                "pg_repack, or a maintenance window"
            );
        return state.InTransaction
            ? Judgement.FailsInTransaction(
                "vacuum-in-transaction",
                "put it alone into a file with transaction:false, or leave it to autovacuum"
            )
            : Judgement.Expand("vacuum");
    }

    public static Judgement Refresh(SqlCursor cursor)
    {
        cursor.Accept("materialized", "view");
        if (cursor.Accept("concurrently"))
            return Judgement.Expand("refresh-concurrently", $"EXCLUSIVE on {cursor.Name()}");
        return cursor.RestHas("with", "no", "data")
            ? Judgement.Unsafe(
                "refresh-empties",
                TableLock.AccessExclusive(cursor.Name()),
                "readers fail until it is filled: REFRESH … CONCURRENTLY"
            )
            : Judgement.Unsafe(
                "refresh",
                TableLock.AccessExclusive(cursor.Name()),
                "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index)"
            );
    }
}
