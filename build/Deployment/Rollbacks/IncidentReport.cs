using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Backups;
using Slipway.Reports;
using Slipway.Smoke;

namespace Slipway.Rollbacks;

/// <summary>A rollback that was done.</summary>
/// <param name="SecondsToSwitch">Of the traffic switch itself.</param>
/// <param name="Restore">Null when the database was left as it is.</param>
public sealed record Incident(
    string DeploymentId,
    RollbackSelection Selection,
    RollbackPlan Plan,
    string By,
    string Reason,
    DateTimeOffset DecidedAt,
    DateTimeOffset FinishedAt,
    double SecondsToSwitch,
    ImmutableArray<SmokeCheck> Checks,
    RestoreResult? Restore
);

/// <summary>What people read the next morning: what was taken back, when, by whom and why, and what is left to do.</summary>
public static class IncidentReport
{
    public const string FileName = "incident-report.md";

    public static string Write(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var plan = incident.Plan;
        var text = new StringBuilder();
        text.Append(
            $"""
            # Incident: {MarkdownText.Of(plan.From.FullVersion)} was taken back

            | | |
            |---|---|
            | Environment | {MarkdownText.Of(incident.Selection.Environment)} |
            | Taken back | {MarkdownText.Code(plan.From.FullVersion)}{(
                plan.Taken is { } taken ? $", {MarkdownText.Code(taken.DeploymentId)}" : ""
            )} |
            | In service now | {MarkdownText.Code(plan.To.Version.FullVersion)} |
            | Rollback | {MarkdownText.Code(
                incident.DeploymentId
            )}, {plan.Kind.ToString().ToLowerInvariant()}: {MarkdownText.Of(plan.Why)} |
            | Decided by | {MarkdownText.Of(incident.By)} |
            | Reason | {MarkdownText.Of(incident.Reason)} |


            ## Timeline

            | | |
            |---|---|

            """
        );
        if (plan.Taken is { } deployment)
        {
            Row(deployment.Timestamp, $"{plan.From} was recorded as in service, by {deployment.TriggeredBy}");
            Row(
                incident.DecidedAt,
                $"rollback decided, {Quantities.Seconds(Math.Max(0, Math.Round((incident.DecidedAt - deployment.Timestamp).TotalSeconds)))} later"
            );
        }
        else
            Row(incident.DecidedAt, "rollback decided; no record says since when the version served");
        Row(
            incident.FinishedAt,
            $"{plan.To.Version} had all traffic and was checked; the switch itself took {incident.SecondsToSwitch.ToString("0.00", CultureInfo.InvariantCulture)} s"
        );
        text.Append("\n## After the switch\n\n");
        foreach (var check in incident.Checks)
            text.Append(
                $"- {(check.Passed ? "passed" : "**failed**")}: {MarkdownText.Of(check.Title)} {MarkdownText.Of(check.Detail)}\n"
            );
        text.Append($"\n## Database\n\n{Database(incident)}\n\n## Why this version\n\n");
        foreach (var candidate in incident.Selection.Candidates)
            text.Append(
                $"- {MarkdownText.Code(candidate.Version.FullVersion)}: {(candidate == plan.To ? "chosen" : "possible")}\n"
            );
        foreach (var rejected in incident.Selection.Rejected)
            text.Append($"- {MarkdownText.Code(rejected.Version.FullVersion)}: {MarkdownText.Of(rejected.Reason)}\n");
        text.Append(
            $"""

            ## To do

            1. Find out what was wrong with {MarkdownText.Code(
                plan.From.FullVersion
            )}, and why its rollout did not show it.
            2. Mark it, so that nobody deploys it again: {MarkdownText.Code(
                $"./build.sh --target=MarkState --version={plan.From} --state=unstable"
            )}
            3. Deploy its corrected successor: {MarkdownText.Code(
                $"./build.sh --target=Deploy --environment={incident.Selection.Environment}"
            )}

            """
        );
        return text.ToString();

        void Row(DateTimeOffset at, string what) =>
            text.Append($"| {Quantities.Instant(at)} | {MarkdownText.Of(what)} |\n");
    }

    private static string Database(Incident incident) =>
        incident switch
        {
            { Restore: { } restore } =>
                $"Restored from {MarkdownText.Code(restore.BackupId)} ({Quantities.Counted(restore.RowsCompared, "row")} in {Quantities.Counted(restore.TablesCompared, "table")} compared); it was away for {restore.SwapSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s."
                    + (
                        restore.ReplacedDatabase is { } kept
                            ? $" What was written since stands in {MarkdownText.Code(kept)}."
                            : ""
                    ),
            { Plan.Taken.MigrationsApplied: > 0 } =>
                $"Left as it is, with {Quantities.Counted(incident.Plan.Taken!.MigrationsApplied, "migration")} of {MarkdownText.Code(incident.Plan.From.FullVersion)}.",
            _ => "Left as it is.",
        };
}
