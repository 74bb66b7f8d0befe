using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>A task of a run, with what it waits for in this run.</summary>
/// <param name="DependsOn">Must have ended well (or been left out) before it starts.</param>
/// <param name="After">Must have ended, however: the targets before its own on the command line.</param>
internal sealed record PlannedTask(
    TaskDescriptor Task,
    int Index,
    ImmutableArray<int> DependsOn,
    ImmutableArray<int> After,
    bool IsTarget,
    bool LeftOut
)
{
    public string Name => Task.Name;
}

/// <summary>The tasks of one run in Cake's order. Targets run one after the other, as typed; a task runs once.</summary>
internal sealed record RunPlan(ImmutableArray<PlannedTask> Tasks, ImmutableArray<string> Targets)
{
    public static RunPlan Make(
        TaskCatalog catalog,
        ImmutableArray<string> targets,
        bool exclusive,
        ImmutableArray<string> skip
    )
    {
        var tasks = ImmutableArray.CreateBuilder<PlannedTask>();
        var index = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        ImmutableArray<int> before = [];
        foreach (var target in targets)
        {
            var wanted = catalog[target];
            foreach (var task in exclusive ? [wanted] : TaskGraph.Closure(catalog, wanted))
            {
                if (index.TryGetValue(task.Name, out var known))
                {
                    if (task == wanted)
                    {
                        tasks[known] = tasks[known] with { IsTarget = true };
                    }

                    continue;
                }

                index[task.Name] = tasks.Count;
                tasks.Add(
                    new PlannedTask(
                        task,
                        tasks.Count,
                        exclusive ? [] : [.. task.DependsOn.Select(name => index[name]).Distinct()],
                        before,
                        task == wanted,
                        skip.Contains(task.Name, StringComparer.OrdinalIgnoreCase)
                    )
                );
            }

            before = before.Add(index[wanted.Name]);
        }

        return new RunPlan(tasks.ToImmutable(), [.. targets.Select(target => catalog[target].Name)]);
    }
}
