using System.Text;

namespace Slipway.Host;

/// <summary><c>--description</c>: the targets, each with what it is for.</summary>
internal static class DescriptionText
{
    public static string Of(TaskCatalog catalog)
    {
        var width = catalog.Tasks.Length == 0 ? 0 : catalog.Tasks.Max(task => task.Name.Length);
        var text = new StringBuilder();
        foreach (var task in catalog.Tasks.OrderBy(task => task.Name, StringComparer.OrdinalIgnoreCase))
        {
            text.AppendLine($"{task.Name.PadRight(width)}  {task.Description}".TrimEnd());
        }

        return text.ToString();
    }
}
