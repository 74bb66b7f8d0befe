using System.Globalization;
using System.Text;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>The table of <c>docs/reliability.md</c>; the words around it are written by hand.</summary>
internal static class ReliabilityPage
{
    private const string Begin = "<!-- the table begins: written by FaultMatrix -->";
    private const string End = "<!-- the table ends -->";

    /// <summary>All cells that there are by now; another part of the matrix may write at the same time.</summary>
    public static async Task WriteAsync()
    {
        await using var turn = await TakeTurnAsync();
        var cells = FaultCell.ReadAll();
        var file = Path.Combine(Checkout.Repository, "docs", "reliability.md");
        var page = await File.ReadAllTextAsync(file);
        var (from, to) = (
            page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length,
            page.IndexOf(End, StringComparison.Ordinal)
        );
        if (cells.Length > 0)
            await File.WriteAllTextAsync(file, page[..from] + "\n" + Table(cells) + page[to..]);
    }

    private static async Task<FileStream> TakeTurnAsync()
    {
        Directory.CreateDirectory(FaultCell.Folder);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(
                    Path.Combine(FaultCell.Folder, "page.lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.Write,
                    FileShare.None
                );
            }
            catch (IOException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private static string Table(FaultCell[] cells)
    {
        var commits = cells.Select(cell => cell.Commit).Distinct().Order(StringComparer.Ordinal);
        var table = new StringBuilder();
        table.Append(
            CultureInfo.InvariantCulture,
            $"""
            {cells.Length} of {FaultMatrix.Stages.Length * Injection.All.Length} cells, run from {cells.Min(
                cell => cell.RanAt
            ):yyyy-MM-dd HH:mm} to {cells.Max(cell => cell.RanAt):yyyy-MM-dd HH:mm} UTC at {string.Join(", ", commits)}.

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
