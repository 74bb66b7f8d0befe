using System.Globalization;
using Slipway.Records;

namespace Slipway.Reports;

/// <summary>The notifications of the deployment guide, for Slack and mail.</summary>
public static class SlackMessages
{
    public static string Of(DeploymentReport report) =>
        report.IsHeld
            ? Held(report)
            : report.Status switch
            {
                DeploymentStatus.Success => Success(report),
                DeploymentStatus.RolledBack => Undone(report, "↩️", "rolled back"),
                DeploymentStatus.Cancelled => Undone(report, "🛑", "cancelled"),
                _ => Failure(report),
            };

    private static string Success(DeploymentReport report)
    {
        var record = report.Run.Record;
        return Lines(
            $"✅ {Name(report)} deployment successful",
            Identity(report),
            $"Environment: {report.Run.Environment.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? report.Run.Release.Environment}",
            report.Run.Smoke?.Checks.All(check => check.Passed) == true ? "All services healthy and operational" : null,
            record is { RollbackAvailable: true }
                ? $"Rollback available for {record.RollbackWindowMinutes.ToString("0.##", CultureInfo.InvariantCulture)} minutes"
                : null
        );
    }

    private static string Failure(DeploymentReport report) =>
        Lines(
            $"🚨 {Name(report)} deployment FAILED",
            Identity(report),
            "",
            "⚠️ ACTION REQUIRED: Manual investigation needed",
            Reason(report),
            Serving(report),
            report.Run.Backup?.BackupId is null
                ? "No database backup was made"
                : "Database backup available for rollback",
            "Check workflow logs for failure details"
        );

    private static string Undone(DeploymentReport report, string icon, string word) =>
        Lines($"{icon} {Name(report)} deployment {word}", Identity(report), Reason(report), Serving(report));

    private static string Held(DeploymentReport report) =>
        Lines(
            $"✋ {Name(report)} deployment held",
            Identity(report),
            "",
            "⚠️ ACTION REQUIRED: Promote or abort",
            Escaped(report.Headline)
        );

    private static string Identity(DeploymentReport report) =>
        $"Version: {Escaped(report.Run.Release.Version.FullVersion)}\nDeployment ID: {Escaped(report.Run.DeploymentId)}";

    private static string? Reason(DeploymentReport report) =>
        report.Failure is { } failure ? $"{Escaped(failure.Stage)}: {Escaped(failure.Message)}" : null;

    private static string? Serving(DeploymentReport report) =>
        report.Serving is { } version ? $"{Escaped(version.FullVersion)} is in service" : null;

    private static string Name(DeploymentReport report)
    {
        var name = report.Run.Release.Environment;
        return Escaped(char.ToUpperInvariant(name[0]) + name[1..]);
    }

    /// <summary>Slack's own three characters, so that no text can mention a channel or make a link.</summary>
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Lines(params string?[] lines) => string.Join('\n', lines.Where(line => line is not null));
}
