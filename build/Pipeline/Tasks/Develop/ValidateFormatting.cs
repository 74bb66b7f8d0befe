using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateFormatting")]
[TaskDescription("C# files are formatted as dotnet csharpier formats them")]
public sealed class ValidateFormatting : CheckTask
{
    protected override Task CheckAsync(DeploymentContext context) => context.Workbench.DotNet.CheckFormatAsync(context.Cancellation);
}
