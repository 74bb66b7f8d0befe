using System.Text;
using Slipway.Rollouts;

namespace Slipway.Reports;

/// <summary>The candidate's share of traffic stage by stage, with both arms' error rates, as inline SVG.</summary>
internal static class RolloutPicture
{
    private const int Left = 60;
    private const int Width = 960;
    private const int Height = 200;
    private const int Bottom = 50;

    public static string Svg(RolloutResult rollout)
    {
        var stages = rollout.Stages;
        var total = stages.Sum(stage => Math.Max(stage.DurationSeconds, 0));
        if (stages.IsDefaultOrEmpty || total <= 0)
            return "";
        var svg = new StringBuilder();
        svg.Append(
            $"<svg class=\"rollout\" viewBox=\"0 0 {Width} {Height + Bottom}\" role=\"img\" aria-labelledby=\"rollout-title rollout-desc\">"
                + "<title id=\"rollout-title\">Share of traffic of the candidate</title>"
                + $"<desc id=\"rollout-desc\">{HtmlText.Of(Description(rollout))}</desc>\n"
        );
        foreach (var percent in new[] { 0, 50, 100 })
        {
            var y = Top(percent);
            svg.Append(
                $"<line class=\"grid\" x1=\"{Left}\" y1=\"{HtmlText.Number(y)}\" x2=\"{Width}\" y2=\"{HtmlText.Number(y)}\"/>"
                    + $"<text class=\"axis\" x=\"{Left - 8}\" y=\"{HtmlText.Number(y + 4)}\" text-anchor=\"end\">{percent} %</text>\n"
            );
        }
        var x = (double)Left;
        foreach (var stage in stages)
        {
            // No stage is so short that its name would not fit: the picture compares shares, the table says times.
            var width = (Width - Left) * ((0.5 * Math.Max(stage.DurationSeconds, 0) / total) + (0.5 / stages.Length));
            AppendStage(svg, stage, x, width);
            x += width;
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendStage(StringBuilder svg, RolloutStageResult stage, double x, double width)
    {
        var top = Top(stage.TrafficPercentage);
        var middle = HtmlText.Number(x + (width / 2));
        var kind = stage.Status == "healthy" ? "candidate" : "bad";
        svg.Append(
            $"<rect class=\"stable\" x=\"{HtmlText.Number(x + 2)}\" y=\"{HtmlText.Number(Top(100))}\" width=\"{HtmlText.Number(Math.Max(width - 4, 1))}\" height=\"{HtmlText.Number(top - Top(100))}\"/>"
                + $"<rect class=\"{kind}\" x=\"{HtmlText.Number(x + 2)}\" y=\"{HtmlText.Number(top)}\" width=\"{HtmlText.Number(Math.Max(width - 4, 1))}\" height=\"{HtmlText.Number(Height - top)}\"/>"
                + $"<text class=\"name\" x=\"{middle}\" y=\"{Height + 18}\" text-anchor=\"middle\">{HtmlText.Of($"{stage.Stage} {stage.TrafficPercentage} %, {Quantities.Seconds(stage.DurationSeconds)}")}</text>"
                + $"<text class=\"axis\" x=\"{middle}\" y=\"{Height + 36}\" text-anchor=\"middle\">{HtmlText.Of(Errors(stage))}</text>\n"
        );
    }

    private static double Top(int percent) => Height - (percent * (Height - 12) / 100.0);

    private static string Errors(RolloutStageResult stage) =>
        $"errors {Quantities.Rate(stage.CandidateErrors, stage.CandidateRequests)}"
        + (stage.StableRequests > 0 ? $", stable {Quantities.Rate(stage.StableErrors, stage.StableRequests)}" : "");

    private static string Description(RolloutResult rollout) =>
        string.Join(
            ". ",
            rollout.Stages.Select(stage =>
                $"{stage.Stage}: {stage.TrafficPercentage} % for {Quantities.Seconds(stage.DurationSeconds)}, {stage.Status}"
            )
        );
}
