using System.Text.Json;
using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Runs;
using Slipway.Status;

namespace Slipway.Pipeline.Tasks;

[TaskName("Status")]
[TaskDescription("What serves, what is warm, what runs now and what was deployed last; --watch, --verify, --json")]
public sealed class Status : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        if (context.Request.Watch)
        {
            await new StatusWatch(context).RunAsync();
            return;
        }
        var all = await new MachineOverview(context).ReadAsync(context.Cancellation);
        var now = context.Time.GetUtcNow();
        context.WriteResult(
            context.Request.Json
                ? JsonSerializer.Serialize(all, StageSerializer.Options)
                : string.Join('\n', all.SelectMany(status => StatusText.Of(status, now)))
        );
        if (!context.Request.Verify)
            return;
        if (all.SelectMany(status => status.Findings).ToArray() is { Length: > 0 } findings)
            throw new PipelineException(
                $"the ledger was changed:\n{string.Join('\n', findings)}",
                "a history that nobody touched",
                "find out who wrote to refs/deployments, or moved the environment's tag by hand"
            );
        context.Say("the ledger is whole");
    }
}
