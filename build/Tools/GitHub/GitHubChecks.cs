using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Checks;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>What GitHub reports about a commit: check runs and commit statuses.</summary>
/// <param name="repository"><c>owner/name</c>.</param>
public sealed partial class GitHubChecks(GitHubClient client, string repository)
{
    /// <summary>
    /// Every reported check as GitHub says it, of several runs of one name the newest of each app. Which ones are
    /// required, and what a state means, is not decided here.
    /// </summary>
    /// <exception cref="PipelineException">GitHub refuses or does not answer.</exception>
    public async Task<ImmutableArray<ReportedCheck>> ReadAsync(string commitSha, CancellationToken cancellation)
    {
        if (!Repository().IsMatch(repository) || !Sha().IsMatch(commitSha))
            throw new PipelineException(
                ExitCode.Usage,
                $"«{repository}» and «{commitSha}» do not name a commit on GitHub",
                "owner/name and 40 hex digits"
            );
        var commit = $"repos/{repository}/commits/{commitSha}";
        var runs = client.GetPagesAsync($"{commit}/check-runs?filter=latest&per_page=100", cancellation);
        var statuses = client.GetPagesAsync($"{commit}/status?per_page=100", cancellation);
        try
        {
            return
            [
                .. NewestRuns(await runs)
                    .Concat(
                        (await statuses)
                            .SelectMany(page => page.GetProperty("statuses").EnumerateArray())
                            .Select(Status)
                    )
                    .OrderBy(check => check.Name, StringComparer.Ordinal),
            ];
        }
        catch (Exception unexpected)
            when (unexpected is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PipelineException(
                $"GitHub's answer about {commitSha} has a shape that is not known here",
                "the REST API of version 2022-11-28",
                inner: unexpected
            );
        }
    }

    private static IEnumerable<ReportedCheck> NewestRuns(IEnumerable<JsonElement> pages) =>
        pages
            .SelectMany(page => page.GetProperty("check_runs").EnumerateArray())
            .GroupBy(run => (Text(run, "name"), App(run)))
            .Select(same => same.OrderByDescending(run => run.GetProperty("id").GetInt64()).First())
            .Select(Run);

    private static ReportedCheck Run(JsonElement run) =>
        new(
            Name(run, "name"),
            (Text(run, "status") == "completed" ? Text(run, "conclusion") : Text(run, "status")) ?? "unknown",
            Text(run, "html_url"),
            At(run, "completed_at") ?? At(run, "started_at") ?? DateTimeOffset.MinValue
        );

    private static ReportedCheck Status(JsonElement status) =>
        new(
            Name(status, "context"),
            Text(status, "state") ?? "unknown",
            Text(status, "target_url"),
            At(status, "updated_at") ?? DateTimeOffset.MinValue
        );

    private static DateTimeOffset? At(JsonElement element, string property) =>
        Text(element, property) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;

    private static long App(JsonElement run) =>
        run.TryGetProperty("app", out var app)
        && app.ValueKind == JsonValueKind.Object
        && app.TryGetProperty("id", out var id)
            ? id.GetInt64()
            : 0;

    private static string Name(JsonElement element, string property) =>
        Text(element, property) ?? throw new KeyNotFoundException(property);

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.GetString()
            : null;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Sha();
}
