using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>Plays a plan through with the durations of earlier runs: the order of starts, and what would run together.</summary>
internal static class PlanForecast
{
    internal sealed record Start(PlannedTask Task, double At, double Seconds);

    public static ImmutableArray<Start> Of(
        RunPlan plan,
        IReadOnlyDictionary<string, double> seconds,
        IReadOnlyDictionary<string, ImmutableHashSet<string>> resources,
        int parallel
    )
    {
        var ready = new ReadyTasks(plan, TaskWeights.Remaining(plan, seconds), resources);
        var unknown = seconds.Count == 0 ? 1 : seconds.Values.Order().ElementAt(seconds.Count / 2);
        var ended = new bool[plan.Tasks.Length];
        var started = new bool[plan.Tasks.Length];
        var starts = ImmutableArray.CreateBuilder<Start>();
        var running = new List<Start>();
        var now = 0.0;
        while (starts.Count < plan.Tasks.Length)
        {
            while (
                running.Count < parallel
                && ready.Next(i =>
                    !started[i] && plan.Tasks[i].DependsOn.All(d => ended[d]) && plan.Tasks[i].After.All(d => ended[d])
                )
                    is { } next
            )
            {
                var task = plan.Tasks[next];
                var length = task.Task.IsAggregate || task.LeftOut ? 0 : seconds.GetValueOrDefault(task.Name, unknown);
                var start = new Start(task, now, length);
                started[next] = true;
                starts.Add(start);
                if (length <= 0)
                {
                    ended[next] = true;
                    continue;
                }

                ready.Started(next);
                running.Add(start);
            }

            if (running.Count == 0)
            {
                continue;
            }

            var first = running.MinBy(start => start.At + start.Seconds)!;
            now = first.At + first.Seconds;
            running.Remove(first);
            ready.Ended(first.Task.Index);
            ended[first.Task.Index] = true;
        }

        return starts.ToImmutable();
    }
}
