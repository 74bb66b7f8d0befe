using System.Text.Json;
using Cake.Frosting;
using Slipway.Queue;
using Slipway.Runs;

namespace Slipway.Pipeline.Tasks;

[TaskName("Queue")]
[TaskDescription("What runs in an environment, how long it usually takes, and who waits; computed, stored nowhere")]
#pragma warning disable CA1711 // the class is named like its target, which is no collection
public sealed class Queue : CheckTask
#pragma warning restore CA1711
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var work = new EnvironmentReading(context, context.Destination.Name, context.Site).Running();
        var queue = DeploymentQueue.Compute(
            await context.Ledger.ReadAsync(context.Cancellation),
            work is null ? null : new(work.DeploymentId ?? work.Holder, work.Since, work.Holder),
            // On one machine nobody waits in line: a second deployment is refused with the holder's name (exit 12).
            [],
            context.Time.GetUtcNow()
        );
        context.WriteResult(
            context.Request.Json
                ? JsonSerializer.Serialize(queue, StageSerializer.Options)
                : QueueText.Of(queue, context.Time.GetUtcNow())
        );
    }
}
