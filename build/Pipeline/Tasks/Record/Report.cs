using Cake.Frosting;
using Slipway.Records;

namespace Slipway.Pipeline.Tasks;

[TaskName("Report")]
[TaskDescription("Writes report.md and report.html, and tells people; never fails a good deployment")]
[IsDependentOn(typeof(Record))]
public sealed class Report : AsyncFrostingTask<DeploymentContext>
{
    public override async Task RunAsync(DeploymentContext context)
    {
        var folder = context.Runs.Current;
        var report = await context.Reports.WriteAsync(folder, DeploymentStatus.Success, failure: null, context.Cancellation);
        context.Say(report.Headline);
        foreach (var left in report.NotSent)
            context.Say(left);
        context.Say($"report: {folder.PathOf("report.html")}");
    }
}
