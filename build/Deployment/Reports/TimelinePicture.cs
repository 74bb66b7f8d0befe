using System.Text;

namespace Slipway.Reports;

/// <summary>The stages as bars over time, as inline SVG. What it shows stands in the stage table as text, too.</summary>
internal static class TimelinePicture
{
    private const int Left = 190;
    private const int Right = 90;
    private const int Width = 960;
    private const int Row = 26;

    public static string Svg(StageTimeline timeline)
    {
        var stages = timeline.Stages.Where(stage => stage.StartedAt is not null).ToList();
        if (stages.Count == 0 || timeline.StartedAt is not { } start)
            return "";
        var seconds = Math.Max(timeline.WallTime.TotalSeconds, 0.001);
        var height = (stages.Count * Row) + 30;
        var svg = new StringBuilder();
        svg.Append(
            $"<svg class=\"timeline\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-labelledby=\"timeline-title timeline-desc\">"
                + "<title id=\"timeline-title\">Timeline of the stages</title>"
                + $"<desc id=\"timeline-desc\">{HtmlText.Of($"Wall time {Quantities.Duration(timeline.WallTime)}. Critical path: {string.Join(", ", timeline.CriticalPath)}.")}</desc>\n"
        );
        foreach (var at in RoundScale.Times(seconds))
        {
            var x = Left + ((Width - Left - Right) * at / seconds);
            svg.Append(
                $"<line class=\"grid\" x1=\"{HtmlText.Number(x)}\" y1=\"0\" x2=\"{HtmlText.Number(x)}\" y2=\"{height - 22}\"/>"
                    + $"<text class=\"axis\" x=\"{HtmlText.Number(x)}\" y=\"{height - 6}\" text-anchor=\"middle\">{RoundScale.Time(at)}</text>\n"
            );
        }
        foreach (var (row, stage) in stages.Index())
            AppendBar(svg, stage, row * Row, start, seconds);
        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendBar(StringBuilder svg, TimedStage stage, int top, DateTimeOffset start, double seconds)
    {
        var scale = (Width - Left - Right) / seconds;
        var x = Left + ((stage.StartedAt!.Value - start).TotalSeconds * scale);
        var width = Math.Max((stage.Duration ?? TimeSpan.Zero).TotalSeconds * scale, 2);
        var kind = stage switch
        {
            { State: StageState.Failed } => "bad",
            { State: StageState.NotApplicable } => "off",
            { IsCritical: true } => "critical",
            _ => "done",
        };
        svg.Append(
            $"<text class=\"name\" x=\"{Left - 10}\" y=\"{top + 17}\" text-anchor=\"end\">{HtmlText.Of(stage.Stage.Name)}</text>"
                + $"<rect class=\"{kind}\" x=\"{HtmlText.Number(x)}\" y=\"{top + 5}\" width=\"{HtmlText.Number(width)}\" height=\"{Row - 10}\" rx=\"3\"/>"
                + $"<text class=\"axis\" x=\"{HtmlText.Number(x + width + 6)}\" y=\"{top + 17}\">{Quantities.Duration(stage.Duration)}</text>\n"
        );
    }
}
