using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Checks;
using Slipway.Outcomes;

namespace Slipway.Pipeline;

/// <summary>A check that needs no deployment: it finds nothing, or fails with everything that it found.</summary>
public abstract class CheckTask : AsyncFrostingTask<DeploymentContext>
{
    public sealed override async Task RunAsync(DeploymentContext context)
    {
        try
        {
            await CheckAsync(context);
        }
        catch (PipelineException failure)
        {
            throw Failures.Of(failure);
        }
    }

    protected abstract Task CheckAsync(DeploymentContext context);

    /// <summary>Says every finding, and fails when one of them blocks.</summary>
    protected static void Judge(DeploymentContext context, IReadOnlyCollection<CheckResult> findings, string next)
    {
        foreach (var finding in findings.Where(finding => !finding.Blocks))
            context.Log.Information("{0}: {1}", finding.Name, finding.Detail);
        if (findings.Where(finding => finding.Blocks).ToArray() is { Length: > 0 } bad)
            throw new PipelineException(
                string.Join('\n', bad.Select(finding => $"{finding.Name}: {finding.Detail}")),
                next: next
            );
    }
}
