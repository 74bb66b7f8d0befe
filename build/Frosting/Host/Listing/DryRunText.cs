using System.Collections.Immutable;
using System.Text;

namespace Slipway.Host;

/// <summary><c>--dryrun</c>: what would run, in which order, and what at the same time.</summary>
internal static class DryRunText
{
    public static string Of(ImmutableArray<PlanForecast.Start> starts, int parallel)
    {
        var work = starts.Where(start => !start.Task.Task.IsAggregate).ToArray();
        var width = work.Length == 0 ? 0 : work.Max(start => start.Task.Name.Length);
        var text = new StringBuilder();
        var count = work.Count(start => !start.Task.LeftOut);
        var many = count == 1 ? "1 task" : $"{count} tasks";
        text.Append(
            System.Globalization.CultureInfo.InvariantCulture,
            $"would run {many}, at most {parallel} at the same time:\n"
        );
        var number = 0;
        foreach (var start in work)
        {
            var together = work.Where(other => other != start && Overlap(start, other))
                .Select(other => other.Task.Name)
                .ToArray();
            var note =
                start.Task.LeftOut ? "left out (--skip)"
                : together.Length > 0 ? $"together with {Words.And(together)}"
                : "";
            var place = start.Task.LeftOut ? "-" : $"{++number}.";
            text.Append($"{place, 4} {start.Task.Name.PadRight(width)}  {note}".TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static bool Overlap(PlanForecast.Start one, PlanForecast.Start other) =>
        one.Seconds > 0 && other.Seconds > 0 && one.At < other.At + other.Seconds && other.At < one.At + one.Seconds;
}
