using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Pipeline.Sites;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Status;

namespace Slipway.Pipeline;

/// <summary>
/// Follows what works on an environment until it ends: a tree that is written over in a terminal, a line per change
/// elsewhere, JSON lines with <c>--json</c>. Where nothing works yet, it waits.
/// </summary>
public sealed class StatusWatch(DeploymentContext context)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(1);
    private readonly LiveText _live = new(context);
    private readonly ISite _site = context.Site;

    public async Task RunAsync()
    {
        var reading = new EnvironmentReading(context, context.Destination.Name, _site);
        RunningWork? before = null;
        while (true)
        {
            var running = reading.Running();
            if (running is null && before is not null)
            {
                context.WriteResult($"ended: {before.DeploymentId ?? before.Holder}{Ending(before)}");
                return;
            }
            Show(running);
            before = running;
            await Task.Delay(Redraw, context.Time, context.Cancellation);
        }
    }

    private void Show(RunningWork? running) =>
        _live.Show(
            running,
            width => [context.Destination.Name, .. StatusText.Running(running, context.Time.GetUtcNow(), width)],
            () =>
                running switch
                {
                    null => $"{context.Destination.Name}: nothing is under way",
                    { Rollout: { } rollout } => RolloutView.RenderPlain(rollout),
                    _ => $"{running.DeploymentId ?? running.Holder}: {running.Stage ?? "beginning"}",
                }
        );

    private string Ending(RunningWork work) =>
        work.DeploymentId is { } id && Runs.Peek<Records.DeploymentRecord>(context.Runs.Look(id)) is { } record
            ? $", {record.Version}: {record.Status}"
            : "";
}
