using System.Text;
using Slipway.Environments;

namespace Slipway.Queue;

/// <summary>The queue as text for people.</summary>
public static class QueueText
{
    public static string Of(DeploymentQueue queue, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var text = new StringBuilder(queue.Environment);
        text.Append(
            queue.TypicalDuration is { } typical ? $": a deployment takes {Whole(typical)}" : ": no deployment yet"
        );
        text.Append(
            queue.Current is { } current
                ? $"\n  now  {OneLine(current.Name)}, by {OneLine(current.TriggeredBy)}, for {Whole(now - current.StartedAt)}{(queue.IsOverdue ? ", longer than usual" : "")}"
                : "\n  now  nothing"
        );
        foreach (var waiting in queue.Waiting)
            text.Append(
                $"\n  {waiting.Position, 3}  {OneLine(waiting.Deployment.Name)}, by {OneLine(waiting.Deployment.TriggeredBy)}"
                    + (waiting.EstimatedWait is { } wait ? $", in about {Whole(wait)}" : "")
            );
        return text.Append(queue.Waiting.IsEmpty ? "\n  nobody waits" : "").ToString();
    }

    private static string Whole(TimeSpan time) =>
        DurationText.Format(TimeSpan.FromSeconds(Math.Max(0, Math.Round(time.TotalSeconds))));

    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
