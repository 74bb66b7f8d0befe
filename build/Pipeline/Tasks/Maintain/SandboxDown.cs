using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("SandboxDown")]
[TaskDescription("Ends every process of the sandbox and removes its folder; safe to repeat")]
public sealed class SandboxDown : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        foreach (var line in await context.SandboxCloud.DownAsync(context.Cancellation))
            context.WriteResult(line);
    }
}
