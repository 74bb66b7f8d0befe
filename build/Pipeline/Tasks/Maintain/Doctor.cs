using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("Doctor")]
[TaskDescription("Shows what this machine has and lacks, with the version needed and the command that installs it")]
public sealed class Doctor : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context) =>
        context.WriteResult(await context.Machine.DescribeAsync(context.Cancellation));
}
