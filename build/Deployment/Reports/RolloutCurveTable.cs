using System.Globalization;
using System.Text;

namespace Slipway.Reports;

/// <summary>The numbers of the picture for those who do not see it: a sentence, and a table to open.</summary>
internal static class RolloutCurveTable
{
    private const int MostRows = 24;

    public static string Description(RolloutCurve curve)
    {
        var stages = string.Join(
            ", ",
            curve.Stages.Select(stage => $"{stage.Name} {stage.Weight} % from {RoundScale.Time(stage.Seconds)}")
        );
        var largest = curve.Points.Max(point => point.TowardsAbort);
        var held = curve.Points.Any(point => point.IsHeld) ? " The rollout stood still for a time." : "";
        var end = curve.IsAborted
            ? $"Taken back after {Quantities.Seconds(curve.Length)}."
            : $"{Quantities.Seconds(curve.Length)} in all.";
        return $"{stages}. {end}{held} The evidence against the candidate came to {Percent(100 * largest)} of the way to an abort.";
    }

    public static void Append(StringBuilder html, RolloutCurve curve)
    {
        html.Append(
            "<details><summary>The numbers of the picture</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Numbers of the rollout over time\"><table>\n<thead><tr>"
        );
        foreach (
            var name in new[]
            {
                "Time",
                "Traffic asked",
                "observed",
                "Candidate failing",
                "stable failing",
                "Candidate latency",
                "stable latency",
                "Towards abort",
            }
        )
            html.Append($"<th scope=\"col\" class=\"n\">{name}</th>");
        html.Append("<th scope=\"col\">Note</th></tr></thead>\n<tbody>\n");
        var step = Math.Max(1, (int)Math.Ceiling(curve.Points.Length / (double)MostRows));
        for (var index = step - 1; index < curve.Points.Length - 1; index += step)
            AppendRow(html, curve.Points[index], Note(curve.Points[index]));
        AppendRow(html, curve.Points[^1], curve.IsAborted ? "taken back" : Note(curve.Points[^1]));
        html.Append("</tbody></table></div></details>\n");
    }

    private static void AppendRow(StringBuilder html, CurvePoint point, string note) =>
        html.Append(
            $"<tr><th scope=\"row\" class=\"n\">{Quantities.Seconds(point.Seconds)}</th><td class=\"n\">{point.Weight} %</td><td class=\"n\">{Percent(point.Observed)}</td>"
                + $"<td class=\"n\">{Percent(point.CandidateFailing)}</td><td class=\"n\">{Percent(point.StableFailing)}</td>"
                + $"<td class=\"n\">{Milliseconds(point.CandidateLatency)}</td><td class=\"n\">{Milliseconds(point.StableLatency)}</td>"
                + $"<td class=\"n\">{Percent(100 * point.TowardsAbort)}</td><td>{note}</td></tr>\n"
        );

    private static string Note(CurvePoint point) =>
        point switch
        {
            { IsDropped: true } => "no data",
            { IsHeld: true } => "standing still",
            _ => "",
        };

    private static string Percent(double? value) =>
        value is { } known ? known.ToString(known < 1 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + " %" : "–";

    private static string Milliseconds(double? value) =>
        value is { } known ? known.ToString("0.##", CultureInfo.InvariantCulture) + " ms" : "–";
}
