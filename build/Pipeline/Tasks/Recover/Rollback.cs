using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Rollbacks;

namespace Slipway.Pipeline.Tasks;

[TaskName("Rollback")]
[TaskDescription(
    "Goes back to a version that served before: shows the choice, asks, switches the traffic, writes it down"
)]
public sealed class Rollback : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        using var claim = context.Site.Exists ? context.Site.Claim($"{context.Origin.Actor} (Rollback)") : null;
        var decided = await new RollbackChoice(context).MakeAsync(context.Cancellation);
        var incident = await new RollbackRun(context, decided).RunAsync(context.Cancellation);
        context.Say($"incident report: {context.Runs.Current.PathOf(IncidentReport.FileName)}");
        if (incident.Checks.Where(check => !check.Passed).ToArray() is { Length: > 0 } failed)
            throw new PipelineException(
                $"{decided.Plan.To.Version} serves again, but {failed.Length} of {incident.Checks.Length} checks fail: "
                    + string.Join("; ", failed.Select(check => $"{check.Title}: {check.Detail}")),
                next: "look at the log of the service that is named; the older version may not be the cause"
            );
    }
}
