using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("SandboxUp")]
[TaskDescription("Brings the sandbox up (database, load balancer, remote), or heals what has died; safe to repeat")]
public sealed class SandboxUp : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        await context.Sandbox.PrepareAsync(context.Cancellation);
        using var claim = context.Sandbox.Claim("SandboxUp");
        foreach (var line in await context.SandboxCloud.UpAsync(context.Cancellation))
            context.WriteResult(line);
    }
}
