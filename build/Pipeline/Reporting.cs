using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
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
            Ticks = await ReadTicksAsync(folder, null, cancellation),
            RegionTicks = await ReadRegionsAsync(folder, cancellation),
        };
        var observed = await ObserveAsync(folder, cancellation);
        report = report with
        {
            Observed = observed.Select(one => one.Version).Distinct().ToArray() is [var same] ? same : null,
            ObservedIn = observed is [{ Region: "" }] ? [] : observed,
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

    /// <summary>What each router gives all traffic to; empty when one cannot be asked.</summary>
    private async Task<ImmutableArray<RegionServing>> ObserveAsync(RunFolder folder, CancellationToken cancellation)
    {
        if (folder.TryRead<Infrastructure.InfrastructureOutputs>() is not { Outcome: StageOutcome.Done })
            return [];
        try
        {
            return
            [
                .. (await EveryRegion.ServingAsync(context.Site, region: null, cancellation)).Select(
                    one => new RegionServing(one.Region, one.Version)
                ),
            ];
        }
        catch (PipelineException)
        {
            return []; // a dead router is what the failure says; the report then speaks of what the stages wrote
        }
    }

    private async Task<ImmutableArray<RegionTicks>> ReadRegionsAsync(RunFolder folder, CancellationToken cancellation)
    {
        var regions = ImmutableArray.CreateBuilder<RegionTicks>();
        foreach (var region in context.Destination.Waves().OfType<string>())
            regions.Add(new(region, await ReadTicksAsync(folder, region, cancellation)));
        return regions.ToImmutable();
    }

    /// <summary>The rollout's looks; a log that is damaged costs the report its picture, nothing else.</summary>
    private static async Task<ImmutableArray<TickLine>> ReadTicksAsync(
        RunFolder folder,
        string? region,
        CancellationToken cancellation
    )
    {
        try
        {
            return
                await folder.TryReadTextAsync(RolloutRecorder.TicksFileOf(region), LargestTickLog, cancellation)
                    is { } text
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
