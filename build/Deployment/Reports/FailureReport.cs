using System.Text;
using Slipway.Records;
using Slipway.Runs;

namespace Slipway.Reports;

/// <summary>What failed, what serves, whether there is a backup, and what to type: section 10 of the deployment guide.</summary>
public static class FailureReport
{
    public const string FileName = "failure-report.md";

    public static string Write(DeploymentReport report)
    {
        var release = report.Run.Release;
        var text = new StringBuilder();
        text.Append(
            $"""
            # Deployment failure report

            | | |
            |---|---|
            | Deployment | {MarkdownText.Code(release.DeploymentId)} |
            | Version | {MarkdownText.Code(release.Version.FullVersion)} |
            | Environment | {MarkdownText.Of(
                release.Environment + (release.Region is null ? "" : $", {release.Region}")
            )} |
            | Status | {MarkdownText.Of(
                report.IsHeld ? "held" : DeploymentRecords.TextOf(report.Status).Replace('_', ' ')
            )} |
            | In service now | {(report.Serving is null ? "nothing" : MarkdownText.Code(report.Serving.FullVersion))} |
            | Written | {Quantities.Instant(report.GeneratedAt)} |


            """
        );
        AppendFailure(text, report);
        text.Append($"## Database backup\n\n{Backup(report)}\n\n");
        AppendMigrations(text, report);
        text.Append("## Action required\n\n");
        foreach (var (index, action) in NextActions.Of(report).Index())
            text.Append(
                $"{index + 1}. {MarkdownText.Of(action.Text)}{(action.Command is null ? "" : $":\n\n   {MarkdownText.Code(action.Command)}\n")}\n"
            );
        text.Append($"\nLogs and stage files: {MarkdownText.Code($"deployment-logs/{release.DeploymentId}/")}\n");
        return text.ToString();
    }

    private static void AppendFailure(StringBuilder text, DeploymentReport report)
    {
        text.Append("## What failed\n\n");
        if (report.Failure is not { } failure)
        {
            text.Append($"No stage failed: {MarkdownText.Of(report.Headline)}.\n\n");
            return;
        }
        text.Append(
            $"**{MarkdownText.Of(failure.Stage)}** at {Quantities.Instant(failure.At)}: {MarkdownText.Of(failure.Message)}\n\n"
        );
        if (failure.Expected is not null)
            text.Append($"Expected: {MarkdownText.Of(failure.Expected)}\n\n");
        if (failure.Command is not null)
            text.Append(
                $"Command: {MarkdownText.Code(failure.Command)}{(failure.ExitCode is { } code ? $", exit code {code}" : "")}\n\n"
            );
        if (!string.IsNullOrWhiteSpace(failure.OutputTail))
            text.Append($"The end of its output:\n\n{MarkdownText.Block(failure.OutputTail)}\n");
        var notRun = report
            .Timeline.Stages.Where(stage => stage.State == StageState.NotRun)
            .Select(stage => stage.Stage.Name)
            .ToList();
        if (notRun.Count > 0)
            text.Append($"Not run: {string.Join(", ", notRun)}.\n\n");
    }

    private static string Backup(DeploymentReport report) =>
        report.Run.Backup switch
        {
            { BackupId: not null, Location: { } location } backup =>
                $"{MarkdownText.Of(Sentences.Backup(backup))} It is kept.\n\nBy hand, into an empty database:\n\n{MarkdownText.Block(RollbackInstructions.RestoreCommand(location), "bash").TrimEnd()}",
            { } backup => MarkdownText.Of(Sentences.Backup(backup)),
            null => "None was made before the failure: no migration has run in this deployment.",
        };

    private static void AppendMigrations(StringBuilder text, DeploymentReport report)
    {
        if (report.Run.Migration is not { Outcome: StageOutcome.Done, Applied.IsDefaultOrEmpty: false } migration)
            return;
        text.Append("## Migrations that stay applied\n\n");
        foreach (var applied in migration.Applied)
            text.Append($"- {MarkdownText.Code(applied.File)} ({applied.Class.ToString().ToLowerInvariant()})\n");
        text.Append('\n');
    }
}
