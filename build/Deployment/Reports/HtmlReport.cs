using System.Text;
using Slipway.Checks;
using Slipway.Records;

namespace Slipway.Reports;

/// <summary><c>report.html</c>: one file that needs nothing else but the run folder beside it. No script, nothing from elsewhere.</summary>
public static class HtmlReport
{
    public const string FileName = "report.html";

    public static string Write(DeploymentReport report)
    {
        var release = report.Run.Release;
        var html = new StringBuilder();
        html.Append(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:">
            <meta name="referrer" content="no-referrer">
            <title>{HtmlText.Of(
                $"{release.Version} to {release.Environment}: {Outcome(report).Replace('_', ' ')}"
            )}</title>
            <style>
            {HtmlStyle.Css}
            </style>
            </head>
            <body>
            <header class="banner {Outcome(report)}">
            <h1>{HtmlText.Of(report.Headline)}</h1>
            <p>{HtmlText.Of(
                $"{Outcome(report).Replace('_', ' ')} after {Quantities.Duration(report.Timeline.WallTime)}, written {Quantities.Instant(report.GeneratedAt)}"
            )}</p>
            </header>
            <main>

            """
        );
        AppendFacts(html, report);
        AppendFailure(html, report);
        AppendStages(html, report);
        HtmlRollout.Append(html, report);
        HtmlEvidence.Append(html, report);
        AppendNext(html, report);
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Outcome(DeploymentReport report) =>
        report.IsHeld ? "held" : DeploymentRecords.TextOf(report.Status);

    private static void AppendFacts(StringBuilder html, DeploymentReport report)
    {
        var release = report.Run.Release;
        html.Append("<dl>\n");
        Fact("Version", HtmlText.Code(release.Version.FullVersion));
        Fact(
            "Version before",
            release.PreviousVersion is null ? "none" : HtmlText.Code(release.PreviousVersion.FullVersion)
        );
        Fact("Environment", HtmlText.Of(release.Environment + (release.Region is null ? "" : $", {release.Region}")));
        Fact("Deployment", HtmlText.Code(release.DeploymentId));
        Fact("Commit", HtmlText.Code(release.CommitSha));
        Fact("Ref", HtmlText.Code(release.GitRef));
        Fact("Triggered by", HtmlText.Of(release.TriggeredBy));
        Fact("Run", HtmlText.Of(release.WorkflowRunId));
        if ((report.Run.Record?.ForceReason ?? release.ForceReason) is { } forced)
            Fact("Overridden", $"<span class=\"warn\">{HtmlText.Of(forced)}</span>");
        if (report.Run.Record?.RollbackDeadline is { } deadline)
            Fact("Rollback until", HtmlText.Of(Quantities.Instant(deadline)));
        html.Append("</dl>\n");

        void Fact(string name, string value) => html.Append($"<dt>{name}</dt><dd>{value}</dd>\n");
    }

    private static void AppendFailure(StringBuilder html, DeploymentReport report)
    {
        if (report.Failure is not { } failure)
            return;
        html.Append(
            $"<h2>What failed</h2>\n<p><strong class=\"bad\">{HtmlText.Of(failure.Stage)}</strong>: {HtmlText.Of(failure.Message)}</p>\n"
        );
        if (failure.Expected is not null)
            html.Append($"<p>Expected: {HtmlText.Of(failure.Expected)}</p>\n");
        if (failure.Command is not null)
            html.Append(
                $"<p>{HtmlText.Code(failure.Command)}{(failure.ExitCode is { } code ? $" ended with exit code {code}" : "")}</p>\n"
            );
        if (!string.IsNullOrWhiteSpace(failure.OutputTail))
            html.Append(
                $"<pre tabindex=\"0\" aria-label=\"The end of its output\">{HtmlText.Of(failure.OutputTail.TrimEnd())}</pre>\n"
            );
    }

    private static void AppendStages(StringBuilder html, DeploymentReport report)
    {
        html.Append("<h2>Stages</h2>\n");
        html.Append(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Stages over time\">\n{TimelinePicture.Svg(report.Timeline)}</div>\n"
        );
        html.Append(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Stages\"><table>\n<thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">Outcome</th><th scope=\"col\" class=\"n\">Time</th><th scope=\"col\">Detail</th></tr></thead>\n<tbody>\n"
        );
        foreach (var stage in report.Timeline.Stages)
        {
            var (kind, state) = stage.State switch
            {
                StageState.Done => ("good", "done"),
                StageState.Failed => ("bad", "failed"),
                StageState.NotApplicable => ("soft", "not applicable"),
                _ => ("soft", "not run"),
            };
            html.Append(
                $"<tr><th scope=\"row\">{HtmlText.Of(stage.Stage.Title)}{(stage.IsCritical ? " <span class=\"soft\">(critical path)</span>" : "")}</th><td class=\"{kind}\">{state}</td><td class=\"n\">{Quantities.Duration(stage.Duration)}</td><td>{HtmlText.Of(stage.Detail)}</td></tr>\n"
            );
        }
        html.Append(
            $"</tbody></table></div>\n<p>{HtmlText.Of($"Wall time {Quantities.Duration(report.Timeline.WallTime)}; critical path (highlighted): {string.Join(" → ", report.Timeline.CriticalPath)}.")}</p>\n"
        );
        AppendChecks(html, report);
    }

    private static void AppendChecks(StringBuilder html, DeploymentReport report)
    {
        if (report.Run.Checks is not { Checks.IsDefaultOrEmpty: false } checks)
            return;
        html.Append("<h2>Pre-deployment checks</h2>\n<ul>\n");
        foreach (var check in checks.Checks)
        {
            var kind = check.Blocks
                ? "bad"
                : check.Status switch
                {
                    CheckStatus.Passed => "good",
                    CheckStatus.NotApplicable => "soft",
                    _ => "warn",
                };
            var name = Link(check.Name, check.Url);
            html.Append(
                $"<li>{name}: <span class=\"{kind}\">{(check.Status == CheckStatus.NotApplicable ? "not applicable" : check.Status.ToString().ToLowerInvariant())}</span>, {HtmlText.Of(check.Detail)}</li>\n"
            );
        }
        html.Append("</ul>\n");
    }

    private static void AppendNext(StringBuilder html, DeploymentReport report)
    {
        html.Append("<h2>Next</h2>\n<ul class=\"next\">\n");
        foreach (var action in NextActions.Of(report))
            html.Append(
                $"<li>{HtmlText.Of(action.Text)}{(action.Command is null ? "" : $"<br>{HtmlText.Code(action.Command)}")}</li>\n"
            );
        foreach (var link in report.Links)
            html.Append(
                $"<li>{Link(link.Label, link.Url.AbsoluteUri)}: {HtmlText.Of(link.Description)}{(link.Command is null ? "" : $"<br>{HtmlText.Code(link.Command)}")}</li>\n"
            );
        foreach (var message in report.NotSent)
            html.Append($"<li class=\"warn\">Not sent: {HtmlText.Of(message)}</li>\n");
        html.Append("</ul>\n");
    }

    /// <summary>A link only where it leads to https; plain text otherwise.</summary>
    private static string Link(string text, string? url) =>
        url is not null && Uri.TryCreate(url, UriKind.Absolute, out var target) && target.Scheme == Uri.UriSchemeHttps
            ? $"<a href=\"{HtmlText.Of(target.AbsoluteUri)}\" rel=\"noreferrer\">{HtmlText.Of(text)}</a>"
            : HtmlText.Of(text);
}
