using System.Collections.Immutable;
using System.Text;
using Slipway.Canary;
using Slipway.Rollouts;

namespace Slipway.Reports;

/// <summary>The rollout in the HTML report: picture and table.</summary>
internal static class HtmlRollout
{
    public static void Append(StringBuilder html, DeploymentReport report)
    {
        if (report.Run.Rollout is not { } rollout)
            return;
        html.Append("<h2>Rollout</h2>\n");
        if (rollout is { Stages.IsDefaultOrEmpty: true, Waves.IsEmpty: true })
        {
            html.Append($"<p>{HtmlText.Of(rollout.Reason ?? "No stage was run.")}</p>\n");
            return;
        }
        if (rollout.Waves.IsEmpty)
        {
            if (RolloutCurve.Of(report.Ticks) is { } curve)
                RolloutCurvePicture.Append(html, curve);
            else
                html.Append(RolloutPicture.Svg(rollout));
            AppendStages(html, rollout.Stages);
        }
        foreach (var wave in rollout.Waves)
            AppendWave(html, wave, report.RegionTicks.FirstOrDefault(one => one.Region == wave.Region)?.Ticks ?? []);
        if (rollout is { Waves.IsEmpty: true, SecondsToZero: { } seconds })
            html.Append(
                $"<p>Traffic was back at the stable version {Quantities.Seconds(seconds)} after the verdict.</p>\n"
            );
        if (rollout is { Waves.IsEmpty: true, Warm: { } warm, WarmUntil: { } until })
            html.Append(
                $"<p>{HtmlText.Code(warm.FullVersion)} is kept warm until {HtmlText.Of(Quantities.Instant(until))}.</p>\n"
            );
    }

    private static void AppendWave(StringBuilder html, RolloutWaveResult wave, ImmutableArray<TickLine> ticks)
    {
        html.Append($"<h3>{HtmlText.Of(wave.Region)}</h3>\n<p>{HtmlText.Of(Sentences.Wave(wave))}</p>\n");
        if (RolloutCurve.Of(ticks) is { } curve)
            RolloutCurvePicture.Append(html, curve, wave.Region);
        if (!wave.Stages.IsDefaultOrEmpty)
            AppendStages(html, wave.Stages);
    }

    private static void AppendStages(StringBuilder html, ImmutableArray<RolloutStageResult> stages)
    {
        html.Append(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rollout\"><table>\n<thead><tr><th scope=\"col\">Stage</th><th scope=\"col\" class=\"n\">Traffic</th><th scope=\"col\" class=\"n\">Time</th>"
                + "<th scope=\"col\" class=\"n\">Candidate requests</th><th scope=\"col\" class=\"n\">failed</th><th scope=\"col\" class=\"n\">Stable requests</th><th scope=\"col\" class=\"n\">failed</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n"
        );
        foreach (var stage in stages)
            AppendStage(html, stage);
        html.Append("</tbody></table></div>\n");
    }

    private static void AppendStage(StringBuilder html, RolloutStageResult stage) =>
        html.Append(
            $"<tr><th scope=\"row\">{HtmlText.Of(stage.Stage)}</th><td class=\"n\">{stage.TrafficPercentage} %</td><td class=\"n\">{Quantities.Seconds(stage.DurationSeconds)}</td>"
                + $"<td class=\"n\">{Quantities.Count(stage.CandidateRequests)}</td><td class=\"n\">{Quantities.Rate(stage.CandidateErrors, stage.CandidateRequests)}</td>"
                + $"<td class=\"n\">{Quantities.Count(stage.StableRequests)}</td><td class=\"n\">{Quantities.Rate(stage.StableErrors, stage.StableRequests)}</td>"
                + $"<td><span class=\"{(stage.Status == "healthy" ? "good" : "bad")}\">{HtmlText.Of(stage.Status)}</span>: {HtmlText.Of(stage.Explanation)}</td></tr>\n"
        );
}
