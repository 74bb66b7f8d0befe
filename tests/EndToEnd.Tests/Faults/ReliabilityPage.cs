using System.Globalization;
using System.Text;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>What happened in a run, in the words that it printed.</summary>
internal static class Story
{
    public static string Of(FaultCell run)
    {
        var story = new StringBuilder();
        foreach (var line in run.Output.Split('\n').Select(line => line.Trim()))
        {
            if (line.Contains("started again", StringComparison.Ordinal))
                Add(line);
        }
        Add(
            run.ExitCode switch
            {
                0 => "went on to the end",
                130 => "cancelled",
                137 => "died",
                _ => run.Output.Split('\n').LastOrDefault(line => line.Contains(" failed: ", StringComparison.Ordinal))
                    ?? "failed",
            }
        );
        return story.ToString();

        void Add(string text)
        {
            var cut = text.Length > 160 ? text[..160] + "…" : text;
            if (story.ToString().Contains(cut, StringComparison.Ordinal))
                return;
            story.Append(story.Length == 0 ? "" : "; ").Append(cut.Replace("|", "/", StringComparison.Ordinal));
        }
    }
}

/// <summary>The table of <c>docs/reliability.md</c>; the words around it are written by hand.</summary>
internal static class ReliabilityPage
{
    private const string Begin = "<!-- the table begins: written by FaultMatrix -->";
    private const string End = "<!-- the table ends -->";

    public static void Write(FaultCell[] cells)
    {
        var file = Path.Combine(Checkout.Repository, "docs", "reliability.md");
        var page = File.ReadAllText(file);
        var (from, to) = (
            page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length,
            page.IndexOf(End, StringComparison.Ordinal)
        );
        File.WriteAllText(file, page[..from] + "\n" + Table(cells) + page[to..]);
    }

    private static string Table(FaultCell[] cells)
    {
        var table = new StringBuilder(
            $"""
            {cells.Length} of {FaultMatrix.Stages.Length
                * Injection.All.Length} cells, run on {DateTime.UtcNow:yyyy-MM-dd}.

            | stage | fault | what it hit | what happened | served at the end | s without service | failed of sent | exit | `--resume` |
            |---|---|---|---|---|---|---|---|---|

            """
        );
        foreach (var cell in cells)
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {cell.Stage} | {cell.Fault} | {cell.Hit} | {Story.Of(cell)} | {string.Join(", ", cell.Served)} | {cell.SecondsWithout:0.00} | {cell.Failed} of {cell.Sent} | {cell.ExitCode} | {cell.Resumed?.ToString(CultureInfo.InvariantCulture) ?? "not needed"} |"
            );
        return table.ToString();
    }
}
