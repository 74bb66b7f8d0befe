using System.Collections.Immutable;
using Cake.Frosting;

namespace Slipway.Host;

/// <summary>Which tasks a target brings with it, and in which order Cake would run them.</summary>
internal static class TaskGraph
{
    /// <summary>The target's tasks, each after those it depends on; it comes last.</summary>
    /// <exception cref="FrostingException">A dependency does not exist, or tasks wait for each other; both are named.</exception>
    public static ImmutableArray<TaskDescriptor> Closure(TaskCatalog catalog, TaskDescriptor target)
    {
        var ordered = ImmutableArray.CreateBuilder<TaskDescriptor>();
        var done = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var path = new List<string>();
        Visit(target);
        return ordered.ToImmutable();

        void Visit(TaskDescriptor task)
        {
            if (done.Contains(task.Name))
            {
                return;
            }

            var at = path.FindIndex(name => name.Equals(task.Name, StringComparison.OrdinalIgnoreCase));
            if (at >= 0)
            {
                throw new FrostingException(
                    $"Tasks wait for each other: {string.Join(" → ", path.Skip(at).Append(task.Name))}."
                );
            }

            path.Add(task.Name);
            foreach (var name in task.DependsOn)
            {
                Visit(
                    catalog.Find(name)
                        ?? throw new FrostingException(
                            $"Task '{task.Name}' is dependent on task '{name}' which does not exist."
                        )
                );
            }

            path.RemoveAt(path.Count - 1);
            done.Add(task.Name);
            ordered.Add(task);
        }
    }
}
