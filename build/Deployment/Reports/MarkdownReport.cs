using System.Text;
using Slipway.Records;

namespace Slipway.Reports;

/// <summary>The summary of a job on GitHub.</summary>
public static class MarkdownReport
{
    public static string Write(DeploymentReport report)
    {
        var text = new StringBuilder();
        text.Append($"# {Icon(report)} {MarkdownText.Of(report.Headline)}\n\n");
        AppendFacts(text, report);
        if (report.Failure is { } failure)
            text.Append($"**{MarkdownText.Of(failure.Stage)} failed**: {MarkdownText.Of(failure.Message)}\n\n");
        AppendStages(text, report);
        AppendRollout(text, report);
        AppendData(text, report);
        AppendValidation(text, report);
        AppendNext(text, report);
        return text.ToString();
    }

    private static string Icon(DeploymentReport report) =>
        report.IsHeld
            ? "✋"
            : report.Status switch
            {
                DeploymentStatus.Success => "✅",
                DeploymentStatus.RolledBack => "↩️",
                DeploymentStatus.Cancelled => "🛑",
                _ => "🚨",
            };

    private static void AppendFacts(StringBuilder text, DeploymentReport report)
    {
        var release = report.Run.Release;
        text.Append("| | |\n|---|---|\n");
        Row(
            "Version",
            $"{MarkdownText.Code(release.Version.FullVersion)} at {MarkdownText.Code(release.CommitSha[..Math.Min(7, release.CommitSha.Length)])}"
        );
        Row(
            "Environment",
            MarkdownText.Of(release.Environment + (release.Region is null ? "" : $", {release.Region}"))
        );
        Row("Deployment", MarkdownText.Code(release.DeploymentId));
        Row(
            "Version before",
            release.PreviousVersion is null ? "none" : MarkdownText.Code(release.PreviousVersion.FullVersion)
        );
        Row("Triggered by", MarkdownText.Of(release.TriggeredBy));
        if ((report.Run.Record?.ForceReason ?? release.ForceReason) is { } forced)
            Row("Overridden", MarkdownText.Of(forced));
        text.Append('\n');

        void Row(string name, string value) => text.Append($"| {name} | {value} |\n");
    }

    private static void AppendStages(StringBuilder text, DeploymentReport report)
    {
        text.Append("## Stages\n\n| Stage | | Time | |\n|---|---|--:|---|\n");
        foreach (var stage in report.Timeline.Stages)
            text.Append(
                $"| {stage.Stage.Name}{(stage.IsCritical ? " ◆" : "")} | {StateText(stage.State)} | {Quantities.Duration(stage.Duration)} | {MarkdownText.Of(stage.Detail ?? "")} |\n"
            );
        text.Append(
            $"\nWall time {Quantities.Duration(report.Timeline.WallTime)}. ◆ critical path: {string.Join(" → ", report.Timeline.CriticalPath)}.\n\n"
        );
    }

    internal static string StateText(StageState state) =>
        state switch
        {
            StageState.Done => "done",
            StageState.NotApplicable => "not applicable",
            StageState.Failed => "**failed**",
            _ => "not run",
        };

    private static void AppendRollout(StringBuilder text, DeploymentReport report)
    {
        if (report.Run.Rollout is not { Stages.IsDefaultOrEmpty: false } rollout)
            return;
        text.Append(
            "## Rollout\n\n| Stage | Traffic | Time | Candidate requests | errors | Stable requests | errors | |\n|---|--:|--:|--:|--:|--:|--:|---|\n"
        );
        foreach (var stage in rollout.Stages)
            text.Append(
                $"| {MarkdownText.Of(stage.Region is null ? stage.Stage : $"{stage.Region} {stage.Stage}")} | {stage.TrafficPercentage} % | {Quantities.Seconds(stage.DurationSeconds)} "
                    + $"| {Quantities.Count(stage.CandidateRequests)} | {Quantities.Rate(stage.CandidateErrors, stage.CandidateRequests)} "
                    + $"| {Quantities.Count(stage.StableRequests)} | {Quantities.Rate(stage.StableErrors, stage.StableRequests)} "
                    + $"| {MarkdownText.Of($"{stage.Status}: {stage.Explanation}")} |\n"
            );
        text.Append('\n');
        foreach (var wave in rollout.Waves)
            text.Append($"- {MarkdownText.Of(Sentences.Wave(wave))}\n");
        if (rollout is { Waves.IsEmpty: true, SecondsToZero: { } seconds })
            text.Append($"Traffic was back at the stable version {Quantities.Seconds(seconds)} after the verdict.\n\n");
        else if (!rollout.Waves.IsEmpty)
            text.Append('\n');
    }

    private static void AppendData(StringBuilder text, DeploymentReport report)
    {
        if (report.Run.Backup is { } backup)
            text.Append($"## Database\n\n{MarkdownText.Of(Sentences.Backup(backup))}\n\n");
        foreach (var migration in report.Run.Migration?.Applied ?? [])
            text.Append(
                $"- {MarkdownText.Code(migration.File)} ({migration.Class.ToString().ToLowerInvariant()}, {Quantities.Seconds(migration.Seconds)})\n"
            );
        if (report.Run.Migration is { Applied.IsDefaultOrEmpty: false })
            text.Append('\n');
    }

    private static void AppendValidation(StringBuilder text, DeploymentReport report)
    {
        if (report.Run.Smoke is { } smoke)
        {
            text.Append("## Smoke tests\n\n| Check | | Time | |\n|---|---|--:|---|\n");
            foreach (var check in smoke.Checks)
                text.Append(
                    $"| {MarkdownText.Of(check.Title)} | {(check.Passed ? "passed" : "**failed**")} | {Quantities.Seconds(check.Milliseconds / 1000)} | {MarkdownText.Of(check.Detail)} |\n"
                );
            text.Append('\n');
        }
        if (report.Run.Validation is not { } validation)
            return;
        text.Append($"## Production validation\n\n{MarkdownText.Of(Sentences.Validation(validation))}\n\n");
        foreach (var flow in validation.Flows)
            text.Append(
                $"- {MarkdownText.Code(flow.Title)}: {(flow.ExitCode == 0 ? "passed" : $"**failed** (exit code {flow.ExitCode})")}, {Quantities.Seconds(flow.DurationMilliseconds / 1000.0)}, {MarkdownText.Of(flow.Detail)}\n"
            );
        text.Append('\n');
    }

    private static void AppendNext(StringBuilder text, DeploymentReport report)
    {
        text.Append("## Next\n\n");
        foreach (var action in NextActions.Of(report))
            text.Append(
                $"- {MarkdownText.Of(action.Text)}{(action.Command is null ? "" : $": {MarkdownText.Code(action.Command)}")}\n"
            );
        foreach (var link in report.Links)
            text.Append(
                $"- [{MarkdownText.Of(link.Label)}]({link.Url.AbsoluteUri}): {MarkdownText.Of(link.Description)}{(link.Command is null ? "" : $", {MarkdownText.Code(link.Command)}")}\n"
            );
        foreach (var message in report.NotSent)
            text.Append($"- not sent: {MarkdownText.Of(message)}\n");
    }
}
