using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("Test")]
[TaskDescription("Runs this repository's own suite: unit, tool and end-to-end tests")]
public sealed class Test : AsyncFrostingTask<DeploymentContext>
{
    public override async Task RunAsync(DeploymentContext context)
    {
        var results = context.Workbench.PathOf(".slipway/test-results");
        var summary = await context.Workbench.DotNet.TestAsync(
            "Slipway.slnx",
            results,
            context.Request.TestFilter,
            line => context.Log.Information("{0}", line.Text),
            context.Cancellation
        );
        await AtomicFile.WriteAsync(Path.Combine(results, "summary.txt"), summary + "\n", context.Cancellation);
        foreach (var failure in summary.Failures)
            context.Log.Error("{0}\n{1}", failure.Name, failure.Message);
        if (summary.Skipped > 0)
            context.Log.Warning("{0} tests did not run: {1}", summary.Skipped, string.Join("; ", summary.Obstacles));
        context.Log.Information("{0}", summary);
        if (summary.Failed > 0)
            throw Failures.Of(
                new PipelineException(
                    $"{summary}",
                    next: $"./build.sh --target=Test --filter=FullyQualifiedName~{summary.Failures[0].Name.Split('.', '(')[^1]}"
                )
            );
        if (summary.Passed == 0)
            throw Failures.Of(
                new PipelineException("no test ran", "at least one passed test", "look at the log of the task")
            );
    }
}
