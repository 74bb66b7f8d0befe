namespace Slipway.Migrations;

/// <summary><c>ALTER TABLE … ATTACH</c> and <c>DETACH PARTITION</c>.</summary>
internal static class PartitionRules
{
    public static Judgement Attach(string partition, string table, ClassificationState state) =>
        state.IsNew(partition)
            ? Judgement.Expand("attach-new-partition", TableLock.ShareUpdateExclusive(table))
            : Judgement.Unsafe(
                "attach-partition",
                TableLock.AccessExclusive(partition),
                "first add a CHECK with the partition's bounds NOT VALID, validate it in another migration, then attach: no row is read"
            );

    public static Judgement Detach(SqlCursor action, string table)
    {
        var partition = action.Name();
        return action.Accept("concurrently")
            ? Judgement.Contract("detach-partition", partition, TableLock.ShareUpdateExclusive(table))
            : Judgement.Unsafe(
                "detach-partition",
                $"{TableLock.AccessExclusive(table)} and {partition}",
                "DETACH PARTITION … CONCURRENTLY, in a file with transaction:false"
            );
    }
}
