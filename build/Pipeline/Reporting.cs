using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Reports;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Writes the reports of a deployment and tells people about it. What cannot be sent is said in the report.</summary>
public sealed class Reporting(DeploymentContext context)
{
    public const string Markdown = "report.md";

    /// <summary>Bytes: a day of looks every second.</summary>
    private const long LargestTickLog = 128 * 1024 * 1024;

    /// <param name="failure">The stage that ended the deployment; null for one that succeeded.</param>
    public async Task<DeploymentReport> WriteAsync(
        RunFolder folder,
        DeploymentStatus status,
        StageFailure? failure,
        CancellationToken cancellation
    )
    {
        var report = new DeploymentReport(context.OutputsOf(folder), status, context.Time.GetUtcNow(), failure)
        {
            Observed = await ObserveAsync(folder, cancellation),
            Ticks = await ReadTicksAsync(folder, cancellation),
        };
        report = report with
        {
            Links = ActionLinks.Of(report, context.Origin.Repository ?? context.Product.Repository),
        };
        report = report with { NotSent = await SendAsync(report, cancellation) };
        await folder.WriteTextAsync(Markdown, MarkdownReport.Write(report), cancellation);
        await folder.WriteTextAsync(HtmlReport.FileName, HtmlReport.Write(report), cancellation);
        if (failure is not null)
            await folder.WriteTextAsync(FailureReport.FileName, FailureReport.Write(report), cancellation);
        if (context.Origin.StepSummary is { } summary)
            await AtomicFile.AppendAsync(summary, Redact(MarkdownReport.Write(report)), cancellation);
        return report;
    }

    /// <summary>What leaves the run folder holds no secret either.</summary>
    private string Redact(string text) => context.Workbench.Redactor.Redact(text);

    /// <summary>What the router gives all traffic to; null when it cannot be asked.</summary>
    private async Task<Versions.ProjectVersion?> ObserveAsync(RunFolder folder, CancellationToken cancellation)
    {
        if (folder.TryRead<Infrastructure.InfrastructureOutputs>() is not { Outcome: StageOutcome.Done } outputs)
            return null;
        try
        {
            var sides = await context.Site.ServingAsync(folder, outputs, region: null, cancellation);
            return (await sides.Single().Workload.ReadAsync(Arm.Stable, cancellation)).Version;
        }
        catch (PipelineException)
        {
            return null; // a dead router is what the failure says; the report then speaks of what the stages wrote
        }
    }

    /// <summary>The rollout's looks; a log that is damaged costs the report its picture, nothing else.</summary>
    private static async Task<ImmutableArray<TickLine>> ReadTicksAsync(RunFolder folder, CancellationToken cancellation)
    {
        try
        {
            return await folder.TryReadTextAsync(TickLog.FileName, LargestTickLog, cancellation) is { } text
                ? TickLog.Read(text)
                : [];
        }
        catch (PipelineException)
        {
            return [];
        }
    }

    private async Task<ImmutableArray<string>> SendAsync(DeploymentReport report, CancellationToken cancellation)
    {
        if (context.Destination.Notifications.SlackWebhookSecret is not { } name)
            return ["Slack: not configured (environment.json: notifications.slackWebhookSecret)"];
        try
        {
            var secrets = await context.SecretsAsync(cancellation);
            if (secrets is null || !secrets.Values.TryGetValue(name, out var url))
                return [$"Slack: the secret {name} is not in the environment's secrets.enc"];
            using var http = new HttpConnection();
            await new SlackWebhook(http.Client, context.Time).SendAsync(
                url,
                Redact(SlackMessages.Of(report)),
                cancellation
            );
            return [];
        }
        catch (PipelineException failure)
        {
            return [$"Slack: {failure.Message}"];
        }
    }
}
