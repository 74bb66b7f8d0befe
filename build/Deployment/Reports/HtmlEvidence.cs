using System.Text;
using Slipway.Migrations;
using Slipway.Validation;

namespace Slipway.Reports;

/// <summary>What was built, saved, changed and tried, in the HTML report.</summary>
internal static class HtmlEvidence
{
    public static void Append(StringBuilder html, DeploymentReport report)
    {
        AppendArtifacts(html, report);
        AppendDatabase(html, report);
        AppendSmoke(html, report);
        if (report.Run.Validation is { } validation)
            AppendValidation(html, validation);
    }

    private static void AppendArtifacts(StringBuilder html, DeploymentReport report)
    {
        var (apk, images) = (report.Run.Apk, report.Run.Images);
        if (apk?.File is null && images is not { Images.IsDefaultOrEmpty: false })
            return;
        html.Append("<h2>What was built</h2>\n<ul>\n");
        if (apk is { File: { } file })
            html.Append(
                $"<li>{HtmlText.Code(file)}: {HtmlText.Of($"{apk.PackageId} {apk.VersionName} ({apk.VersionCode}), {Quantities.Bytes(apk.Bytes)}, signed {string.Join(", ", apk.SignatureSchemes)}")}<br><span class=\"soft\">sha256 {HtmlText.Code(apk.Sha256)}</span></li>\n"
            );
        foreach (var image in images?.Images ?? [])
            html.Append(
                $"<li>{HtmlText.Of($"{image.Service}, {image.Kind.ToString().ToLowerInvariant()}, {Quantities.Bytes(image.Bytes)}")}<br><span class=\"soft\">{HtmlText.Code(image.Digest)}</span></li>\n"
            );
        html.Append("</ul>\n");
    }

    private static void AppendDatabase(StringBuilder html, DeploymentReport report)
    {
        if (report.Run.Backup is { } backup)
        {
            html.Append($"<h2>Backup and proof</h2>\n<p>{HtmlText.Of(Sentences.Backup(backup))}</p>\n");
            if (backup.Proof is { } proof)
                html.Append(
                    $"<dl><dt>SQL of the source</dt><dd>{HtmlText.Code(proof.SourceSqlSha256)}</dd>\n<dt>SQL of the restored copy</dt><dd>{HtmlText.Code(proof.RestoredSqlSha256)}</dd></dl>\n"
                );
        }
        if (report.Run.Migration is { } migration)
            AppendMigrations(html, migration);
    }

    private static void AppendMigrations(StringBuilder html, MigrationResult migration)
    {
        html.Append("<h2>Migrations</h2>\n");
        if (migration.Applied.IsDefaultOrEmpty)
        {
            html.Append($"<p>{HtmlText.Of(migration.Reason ?? "Nothing was pending.")}</p>\n");
            return;
        }
        html.Append("<ul>\n");
        foreach (var applied in migration.Applied)
            html.Append(
                $"<li>{HtmlText.Code(applied.File)}: {applied.Class.ToString().ToLowerInvariant()}, {Quantities.Seconds(applied.Seconds)}</li>\n"
            );
        foreach (var finding in migration.Findings.Where(finding => finding.SaferWay is not null))
            html.Append(
                $"<li class=\"warn\">{HtmlText.Of($"{finding.File}:{finding.Line} {finding.Rule}: {finding.SaferWay}")}</li>\n"
            );
        html.Append("</ul>\n");
    }

    private static void AppendSmoke(StringBuilder html, DeploymentReport report)
    {
        if (report.Run.Smoke is not { } smoke)
            return;
        html.Append(
            "<h2>Smoke tests</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Smoke tests\"><table>\n<thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Outcome</th><th scope=\"col\" class=\"n\">Time</th><th scope=\"col\">Detail</th></tr></thead>\n<tbody>\n"
        );
        foreach (var check in smoke.Checks)
            html.Append(
                $"<tr><th scope=\"row\">{HtmlText.Of(check.Title)}</th><td class=\"{(check.Passed ? "good\">passed" : "bad\">failed")}</td><td class=\"n\">{Quantities.Seconds(check.Milliseconds / 1000)}</td><td>{HtmlText.Of($"{check.Target}: {check.Detail}")}</td></tr>\n"
            );
        html.Append("</tbody></table></div>\n");
    }

    private static void AppendValidation(StringBuilder html, ValidationResult validation)
    {
        html.Append($"<h2>Production validation</h2>\n<p>{HtmlText.Of(Sentences.Validation(validation))}</p>\n");
        foreach (var flow in validation.Flows)
        {
            var passed = flow.ExitCode == 0;
            html.Append(
                $"<h3>{HtmlText.Code(flow.Title)} <span class=\"{(passed ? "good\">passed" : "bad\">failed")}</span></h3>\n<p>{HtmlText.Of($"{Quantities.Seconds(flow.DurationMilliseconds / 1000.0)}, {flow.Detail}")}</p>\n"
            );
            AppendArtifacts(html, flow);
        }
    }

    private static void AppendArtifacts(StringBuilder html, FlowResult flow)
    {
        var links = flow
            .ArtifactPaths.Select(path => (Path: path, Link: HtmlText.RelativeLink(path)))
            .Where(file => file.Link is not null)
            .ToList();
        if (links.Count == 0)
            return;
        html.Append("<ul class=\"shots\">\n");
        foreach (var (path, link) in links)
        {
            var name = path[(path.LastIndexOf('/') + 1)..];
            html.Append(
                HtmlText.IsPicture(path)
                    ? $"<li><a href=\"{HtmlText.Of(link)}\"><img src=\"{HtmlText.Of(link)}\" loading=\"lazy\" alt=\"{HtmlText.Of($"Screenshot {name} of {flow.FlowFileName}")}\"></a></li>\n"
                    : $"<li><a href=\"{HtmlText.Of(link)}\">{HtmlText.Of(name)}</a></li>\n"
            );
        }
        html.Append("</ul>\n");
    }
}
