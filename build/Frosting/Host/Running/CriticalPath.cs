using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>The chain of tasks, each waiting for the one before, that took longest: no parallelism makes a run shorter.</summary>
internal static class CriticalPath
{
    /// <param name="seconds">By index of the task; 0 for what did not run.</param>
    public static (ImmutableArray<string> Tasks, double Seconds) Of(RunPlan plan, IReadOnlyList<double> seconds)
    {
        var length = new double[plan.Tasks.Length];
        var before = new int[plan.Tasks.Length];
        var last = -1;
        for (var i = 0; i < plan.Tasks.Length; i++)
        {
            before[i] = -1;
            foreach (var dependency in plan.Tasks[i].DependsOn.Concat(plan.Tasks[i].After))
            {
                if (before[i] < 0 || length[dependency] > length[before[i]])
                {
                    before[i] = dependency;
                }
            }

            length[i] = seconds[i] + (before[i] < 0 ? 0 : length[before[i]]);
            if (last < 0 || length[i] > length[last])
            {
                last = i;
            }
        }

        var path = new List<string>();
        for (var i = last; i >= 0; i = before[i])
        {
            if (seconds[i] > 0)
            {
                path.Add(plan.Tasks[i].Name);
            }
        }

        path.Reverse();
        return ([.. path], last < 0 ? 0 : length[last]);
    }
}
