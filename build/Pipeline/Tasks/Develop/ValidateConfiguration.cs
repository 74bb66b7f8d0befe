using Cake.Core.Diagnostics;
using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateConfiguration")]
[TaskDescription("slipway.json and every environment and region are right; all errors of all files at once")]
public sealed class ValidateConfiguration : CheckTask
{
    protected override Task CheckAsync(DeploymentContext context)
    {
        var configuration = context.Configured.Demand();
        context.Log.Information("{0} environments: {1}", configuration.Environments.Count, string.Join(", ", configuration.EnvironmentNames));
        return Task.CompletedTask;
    }
}
