using Cake.Frosting;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("RestoreDatabase")]
[TaskDescription(
    "Restores a recorded backup (--deployment-id or --backup) into a new database, verifies it and swaps it in by rename"
)]
public sealed class RestoreDatabase : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        await context.Site.PrepareAsync(context.Cancellation);
        using var claim = context.Site.Claim($"{context.Origin.Actor} (RestoreDatabase)");
        var restore = context.DatabaseRestore;
        var backup = await restore.FindAsync(context.Cancellation);
        var request = await restore.RequestAsync(backup, context.Cancellation);
        context.WriteResult(
            $"{backup.Backup.BackupId} of {backup.Backup.Timestamp:yyyy-MM-dd HH:mm:ss} UTC, {backup.Backup.Location}\n"
                + "By hand, into a database beside the one in use (PGPASSWORD is its password):"
        );
        foreach (var line in await RestorePipeline.ManualCommandsAsync(request, context.Cancellation))
            context.WriteResult($"  {line}");
        var result = await restore.RunAsync(request, context.Cancellation);
        context.WriteResult(
            $"{result.Database} is {result.BackupId} again: {result.TablesCompared} tables, {result.RowsCompared} rows compared; "
                + $"restored in {result.RestoreSeconds:0.0} s, away for {result.SwapSeconds:0.00} s"
        );
        if (result.ReplacedDatabase is { } kept)
            context.WriteResult($"the replaced database is kept as {kept}");
    }
}
