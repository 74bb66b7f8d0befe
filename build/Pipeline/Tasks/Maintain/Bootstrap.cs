using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("Bootstrap")]
[TaskDescription("Installs what this machine lacks: Debian packages as root or with sudo, npm programs by lock file")]
public sealed class Bootstrap : CheckTask
{
    protected override Task CheckAsync(DeploymentContext context) =>
        context.Machine.InstallAsync(context.Request.Optional, context.Say, context.Cancellation);
}
