using System.Collections.Immutable;
using System.Text;

namespace Slipway.Host;

/// <summary><c>--tree</c>: each target with what it depends on. What has been drawn already is named, not drawn again.</summary>
internal static class TreeText
{
    /// <param name="targets">Empty: every task that no other needs.</param>
    public static string Of(TaskCatalog catalog, ImmutableArray<string> targets)
    {
        var needed = catalog.Tasks.SelectMany(task => task.DependsOn).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var roots = targets.IsEmpty
            ? catalog
                .Tasks.Where(task => !needed.Contains(task.Name))
                .OrderBy(task => task.Name, StringComparer.OrdinalIgnoreCase)
            : targets.Select(target => catalog[target]);
        var text = new StringBuilder();
        foreach (var root in roots)
        {
            // Its errors (a cycle, a missing task) are told better than a drawing without end would.
            TaskGraph.Closure(catalog, root);
            text.Append(root.Name).Append('\n');
            Children(catalog, root, "", text, [root.Name]);
        }

        return text.ToString();
    }

    private static void Children(
        TaskCatalog catalog,
        TaskDescriptor task,
        string indent,
        StringBuilder text,
        HashSet<string> drawn
    )
    {
        for (var i = 0; i < task.DependsOn.Length; i++)
        {
            var last = i == task.DependsOn.Length - 1;
            var child = catalog[task.DependsOn[i]];
            var again = !drawn.Add(child.Name) && child.DependsOn.Length > 0;
            text.Append(indent).Append(last ? "└─ " : "├─ ").Append(child.Name).Append(again ? " …" : "").Append('\n');
            if (!again)
            {
                Children(catalog, child, indent + (last ? "   " : "│  "), text, drawn);
            }
        }
    }
}
