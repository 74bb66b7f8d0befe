using Cake.Frosting;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateTerraform")]
[TaskDescription("Every Terraform layer that is there is formatted and valid")]
public sealed class ValidateTerraform : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        foreach (var layer in context.Layers())
        {
            var terraform = context.Workbench.Terraform(
                new TerraformLayer(layer, context.Workbench.PathOf(Path.Combine(".slipway", "terraform", Path.GetFileName(layer))))
            );
            await terraform.InitWithoutBackendAsync(context.Cancellation);
            await terraform.DemandWrittenWellAsync(context.Cancellation);
            context.Say($"{Path.GetFileName(layer)} is formatted and valid");
        }
    }
}
