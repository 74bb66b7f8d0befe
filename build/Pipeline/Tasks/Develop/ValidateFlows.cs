using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateFlows")]
[TaskDescription("Maestro flows parse")]
public sealed class ValidateFlows : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        foreach (var flows in context.Product.SubProjects.Select(project => project.Flows).OfType<string>().Distinct())
            Judge(
                context,
                await context.Workbench.Maestro.LintAsync(context.Workbench.PathOf(flows), context.Cancellation),
                "mend the flow; the syntax is Maestro's"
            );
    }
}
