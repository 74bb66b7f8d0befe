using System.Text;
using Slipway.Canary;

namespace Slipway.Reports;

/// <summary>
/// Share of traffic, failing requests, latency and evidence of a rollout over the same time, as inline SVG without
/// script. Candidate and stable version differ by line and label, not by colour alone; a table says the same.
/// </summary>
internal sealed class RolloutCurvePicture
{
    private const int Left = 64;
    private const int Right = 96;
    private const int Width = 960;
    private const int PanelHeight = 84;
    private const int Gap = 34;
    private const int Top = 44;
    private const int Height = Top + (4 * (PanelHeight + Gap)) + 4;

    private readonly RolloutCurve _curve;
    private readonly StringBuilder _svg = new();
    private readonly double _scale;

    private readonly string? _region;

    private RolloutCurvePicture(RolloutCurve curve, string? region)
    {
        (_curve, _region) = (curve, region);
        _scale = (Width - Left - Right) / Math.Max(curve.Length, 0.001);
    }

    /// <param name="region">Null for the only one.</param>
    public static void Append(StringBuilder html, RolloutCurve curve, string? region = null)
    {
        html.Append(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{HtmlText.Of(Of(region, "Rollout over time"))}\">\n"
        );
        html.Append(new RolloutCurvePicture(curve, region).Draw());
        html.Append("</div>\n");
        RolloutCurveTable.Append(html, curve);
    }

    private string Draw()
    {
        // An id is once in a page, and a region's name is letters and a hyphen.
        var id = _region is null ? "rollout" : $"rollout-{_region}";
        _svg.Append(
            $"<svg class=\"rollout\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">"
                + $"<title id=\"{id}-title\">{HtmlText.Of(Of(_region, "The rollout over time"))}</title>"
                + $"<desc id=\"{id}-desc\">{HtmlText.Of(RolloutCurveTable.Description(_curve))}</desc>\n"
        );
        DrawTime();
        DrawTraffic(0);
        DrawArms(1, "Failing requests, %", point => point.CandidateFailing, point => point.StableFailing, 1);
        DrawArms(2, "Typical latency, ms", point => point.CandidateLatency, point => point.StableLatency, 1);
        DrawEvidence(3);
        DrawEnd();
        return _svg.Append("</svg>\n").ToString();
    }

    private static string Of(string? region, string text) => region is null ? text : $"{text}, {region}";

    private void DrawTime()
    {
        var bottom = PanelBottom(3);
        foreach (var at in RoundScale.Times(_curve.Length))
            _svg.Append(
                $"<text class=\"axis\" x=\"{X(at)}\" y=\"{bottom + 20}\" text-anchor=\"middle\">{RoundScale.Time(at)}</text>\n"
            );
        var before = double.NegativeInfinity;
        foreach (var stage in _curve.Stages)
        {
            var x = Left + (stage.Seconds * _scale);
            _svg.Append(
                $"<line class=\"border\" x1=\"{X(stage.Seconds)}\" y1=\"18\" x2=\"{X(stage.Seconds)}\" y2=\"{bottom}\"/>"
            );
            // Names of stages that were over at once would lie on each other; the table has them all.
            if (x - before >= 90)
            {
                _svg.Append(
                    $"<text class=\"name\" x=\"{HtmlText.Number(x + 5)}\" y=\"16\">{HtmlText.Of($"{Short(stage.Name)} {stage.Weight} %")}</text>\n"
                );
                before = x;
            }
        }
        foreach (var (start, end) in Stretches(point => point.IsHeld))
            _svg.Append(
                $"<rect class=\"held\" x=\"{X(start)}\" y=\"22\" width=\"{HtmlText.Number(Math.Max((end - start) * _scale, 2))}\" height=\"{bottom - 22}\"/>\n"
            );
    }

    private void DrawTraffic(int panel)
    {
        Frame(panel, "Candidate's share of traffic, %", 100);
        var asked = new List<(double, double)>();
        var before = 0.0;
        foreach (var point in _curve.Points)
        {
            asked.Add((before, point.Weight));
            asked.Add((point.Seconds, point.Weight));
            before = point.Seconds;
        }
        if (_curve.IsAborted)
            asked.Add((before, 0));
        Line(panel, "curve asked", asked, 100);
        Curve(panel, "curve", point => point.Observed, 100);
        Labels(panel, 100, ("observed", Last(point => point.Observed)), ("asked", _curve.Points[^1].Weight));
    }

    private void DrawArms(
        int panel,
        string title,
        Func<CurvePoint, double?> candidate,
        Func<CurvePoint, double?> stable,
        double smallest
    )
    {
        var top = RoundScale.Top(
            _curve.Points.Select(point => Math.Max(candidate(point) ?? 0, stable(point) ?? 0)).Max(),
            smallest
        );
        Frame(panel, title, top);
        Curve(panel, "curve of-stable", stable, top);
        Curve(panel, "curve", candidate, top);
        Labels(panel, top, ("candidate", Last(candidate)), ("stable", Last(stable)));
    }

    private void DrawEvidence(int panel)
    {
        Frame(panel, "Evidence against the candidate, % of the way to an abort", 100);
        var points = _curve.Points.Select(point => $"{X(point.Seconds)},{Y(panel, 100 * point.TowardsAbort, 100)}");
        _svg.Append(
            $"<polygon class=\"evidence\" points=\"{Left},{PanelBottom(panel)} {string.Join(' ', points)} {X(_curve.Length)},{PanelBottom(panel)}\"/>\n"
        );
        Line(
            panel,
            "curve",
            [(0, 0), .. _curve.Points.Select(point => (point.Seconds, 100 * point.TowardsAbort))],
            100
        );
        _svg.Append(
            $"<line class=\"limit\" x1=\"{Left}\" y1=\"{PanelTop(panel)}\" x2=\"{Width - Right}\" y2=\"{PanelTop(panel)}\"/>"
                + $"<text class=\"bad-text\" x=\"{Width - Right + 6}\" y=\"{PanelTop(panel) + 4}\">abort</text>\n"
        );
    }

    private void DrawEnd()
    {
        if (!_curve.IsAborted)
            return;
        var x = X(_curve.Length);
        _svg.Append(
            $"<line class=\"verdict\" x1=\"{x}\" y1=\"18\" x2=\"{x}\" y2=\"{PanelBottom(3)}\"/>"
                + $"<text class=\"bad-text\" x=\"{HtmlText.Number(Left + (_curve.Length * _scale) + 6)}\" y=\"28\">taken back</text>\n"
        );
    }

    private void Frame(int panel, string title, double top)
    {
        _svg.Append($"<text class=\"axis\" x=\"{Left + 5}\" y=\"{PanelTop(panel) - 8}\">{HtmlText.Of(title)}</text>\n");
        foreach (var value in new[] { 0, top / 2, top })
            _svg.Append(
                $"<line class=\"grid\" x1=\"{Left}\" y1=\"{Y(panel, value, top)}\" x2=\"{Width - Right}\" y2=\"{Y(panel, value, top)}\"/>"
                    + $"<text class=\"axis\" x=\"{Left - 8}\" y=\"{HtmlText.Number(At(panel, value, top) + 4)}\" text-anchor=\"end\">{RoundScale.Plain(value)}</text>\n"
            );
    }

    /// <summary>A line per stage, with gaps where there was no data. A value holds from the look before it.</summary>
    private void Curve(int panel, string style, Func<CurvePoint, double?> value, double top)
    {
        var line = new List<(double, double)>();
        var (entry, before) = (-1, 0.0);
        foreach (var point in _curve.Points)
        {
            if (point.IsDropped || point.Entry != entry)
            {
                Line(panel, style, line, top);
                line.Clear();
            }
            entry = point.Entry;
            if (value(point) is { } measured)
            {
                if (line.Count == 0)
                    line.Add((before, measured));
                line.Add((point.Seconds, measured));
            }
            before = point.Seconds;
        }
        Line(panel, style, line, top);
    }

    private void Line(int panel, string style, List<(double Seconds, double Value)> points, double top)
    {
        if (points.Count > 1)
            _svg.Append(
                $"<polyline class=\"{style}\" points=\"{string.Join(' ', points.Select(point => $"{X(point.Seconds)},{Y(panel, point.Value, top)}"))}\"/>\n"
            );
    }

    /// <summary>Names at the end of the lines, kept apart where the lines end close to each other.</summary>
    private void Labels(int panel, double top, (string Name, double? Value) first, (string Name, double? Value) second)
    {
        double? one = first.Value is { } a ? At(panel, a, top) + 4 : null;
        double? two = second.Value is { } b ? At(panel, b, top) + 4 : null;
        if (one is { } y1 && two is { } y2 && Math.Abs(y1 - y2) < 14)
        {
            var middle = Math.Clamp((y1 + y2) / 2, PanelTop(panel) + 7, PanelBottom(panel) - 3);
            (one, two) = y1 <= y2 ? (middle - 7, middle + 7) : (middle + 7, middle - 7);
        }
        Label(first.Name, one, "name");
        Label(second.Name, two, "axis");

        void Label(string name, double? y, string style)
        {
            if (y is { } at)
                _svg.Append(
                    $"<text class=\"{style}\" x=\"{Width - Right + 6}\" y=\"{HtmlText.Number(at)}\">{name}</text>\n"
                );
        }
    }

    private double? Last(Func<CurvePoint, double?> value) =>
        _curve.Points.Select(value).LastOrDefault(one => one is not null);

    private IEnumerable<(double Start, double End)> Stretches(Func<CurvePoint, bool> holds)
    {
        double? start = null;
        var before = 0.0;
        foreach (var point in _curve.Points)
        {
            if (holds(point))
                start ??= before;
            else if (start is { } began)
            {
                yield return (began, before);
                start = null;
            }
            before = point.Seconds;
        }
        if (start is { } open)
            yield return (open, before);
    }

    private static string Short(string name) => name.Length > 24 ? name[..23] + "…" : name;

    private static int PanelTop(int panel) => Top + (panel * (PanelHeight + Gap));

    private static int PanelBottom(int panel) => PanelTop(panel) + PanelHeight;

    private string X(double seconds) => HtmlText.Number(Left + (seconds * _scale));

    private static double At(int panel, double value, double top) =>
        PanelBottom(panel) - (PanelHeight * Math.Clamp(value / top, 0, 1));

    private static string Y(int panel, double value, double top) => HtmlText.Number(At(panel, value, top));
}
