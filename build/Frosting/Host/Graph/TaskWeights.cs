using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>How urgent a task is: the seconds of the longest path from its start to the end of the run, by earlier runs.</summary>
internal static class TaskWeights
{
    /// <summary>
    /// By index of the task. A task that never ran before counts as the median of those that did; where nothing is known all
    /// are 0, and the order of declaration decides.
    /// </summary>
    public static ImmutableArray<double> Remaining(RunPlan plan, IReadOnlyDictionary<string, double> seconds)
    {
        var known = plan
            .Tasks.Where(task => seconds.ContainsKey(task.Name))
            .Select(task => seconds[task.Name])
            .Order()
            .ToArray();
        var median = known.Length == 0 ? 0 : known[known.Length / 2];
        var remaining = new double[plan.Tasks.Length];
        for (var i = plan.Tasks.Length - 1; i >= 0; i--)
        {
            var task = plan.Tasks[i];
            remaining[i] += task.Task.IsAggregate || task.LeftOut ? 0 : seconds.GetValueOrDefault(task.Name, median);
            foreach (var dependency in task.DependsOn.Concat(task.After))
            {
                remaining[dependency] = Math.Max(remaining[dependency], remaining[i]);
            }
        }

        return [.. remaining];
    }
}
