using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>Which task starts next: the most urgent one that may start and whose exclusive resources nobody holds.</summary>
internal sealed class ReadyTasks(
    RunPlan plan,
    ImmutableArray<double> remaining,
    IReadOnlyDictionary<string, ImmutableHashSet<string>> resources
)
{
    private readonly ImmutableArray<ImmutableArray<string>> _needs =
    [
        .. plan.Tasks.Select(task =>
            resources
                .Where(resource => resource.Value.Contains(task.Name))
                .Select(resource => resource.Key)
                .ToImmutableArray()
        ),
    ];

    private readonly HashSet<string> _held = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="mayStart">Waiting, and all that it waits for has ended.</param>
    public int? Next(Func<int, bool> mayStart)
    {
        int? best = null;
        for (var i = 0; i < plan.Tasks.Length; i++)
        {
            if (mayStart(i) && !_needs[i].Any(_held.Contains) && (best is null || remaining[i] > remaining[best.Value]))
            {
                best = i;
            }
        }

        return best;
    }

    public void Started(int task) => _held.UnionWith(_needs[task]);

    public void Ended(int task) => _held.ExceptWith(_needs[task]);
}
