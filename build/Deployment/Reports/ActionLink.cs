using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Versions;

namespace Slipway.Reports;

public enum ActionCategory
{
    Deployment,
    Release,
    Maintenance,
    Rollback,
    State,
}

/// <summary>Something to do next, as a link to a page of GitHub.</summary>
/// <param name="Label">5 to 50 characters.</param>
/// <param name="Url">https, on GitHub.</param>
/// <param name="Command">What does the same from a terminal: a link cannot fill in the inputs of a workflow.</param>
/// <param name="Icon">Name of an icon.</param>
public sealed record ActionLink(
    string Label,
    Uri Url,
    ActionCategory Category,
    string Description,
    string Icon,
    string? Command
)
{
    public string Label { get; } =
        Label.Length is >= 5 and <= 50
            ? Label
            : throw new PipelineException($"the label {QuotedText.Of(Label)} has {Label.Length} characters", "5 to 50");

    public Uri Url { get; } =
        Url is { IsAbsoluteUri: true, Scheme: "https", UserInfo: "" }
            ? Url
            : throw new PipelineException("an action link leads elsewhere", "an https URL");

    [JsonIgnore]
    public string CategoryText => Category.ToString().ToLowerInvariant();
}

/// <summary>What one can do after a deployment, where a repository is known.</summary>
public static class ActionLinks
{
    /// <param name="repository">owner/name; null outside GitHub: then there are no links.</param>
    public static ImmutableArray<ActionLink> Of(DeploymentReport report, string? repository)
    {
        if (repository is null)
            return [];
        var release = report.Run.Release;
        var version = release.Version;
        var links = ImmutableArray.CreateBuilder<ActionLink>();
        if (report.IsHeld)
            links.Add(
                Workflow(
                    "Promote the held rollout",
                    "promote.yml",
                    ActionCategory.Deployment,
                    "Goes on with the next stage",
                    "rocket",
                    $"-f environment={release.Environment}"
                )
            );
        if (report.Status == DeploymentStatus.Success)
        {
            if (release.PreviousVersion is { } previous)
                links.Add(
                    Workflow(
                        "Roll back this deployment",
                        "rollback.yml",
                        ActionCategory.Rollback,
                        $"Goes back to {previous}",
                        "revert",
                        $"-f environment={release.Environment}"
                    )
                );
            if (!version.IsPrerelease)
                links.Add(
                    Workflow(
                        "Mark the version stable",
                        "mark-state.yml",
                        ActionCategory.State,
                        $"Makes the tag {version}-stable",
                        "check",
                        $"-f version={version} -f state=stable"
                    )
                );
            links.Add(
                Page(
                    "Release page",
                    $"releases/tag/{Uri.EscapeDataString(version.FullVersion)}",
                    ActionCategory.Release,
                    $"{version} and its files",
                    "package"
                )
            );
        }
        else
        {
            links.Add(
                Workflow(
                    "Deploy again",
                    "deploy-production.yml",
                    ActionCategory.Deployment,
                    "Starts a new deployment of the version",
                    "rocket",
                    $"-f version={version}"
                )
            );
            if (!version.IsPrerelease)
                links.Add(
                    Workflow(
                        "Mark the version unstable",
                        "mark-state.yml",
                        ActionCategory.State,
                        $"Makes the tag {version}-unstable",
                        "alert",
                        $"-f version={version} -f state=unstable"
                    )
                );
        }
        if (release.WorkflowRunId.All(char.IsAsciiDigit) && release.WorkflowRunId.Length > 0)
            links.Add(
                Page(
                    "Workflow run",
                    $"actions/runs/{release.WorkflowRunId}",
                    ActionCategory.Maintenance,
                    "Logs and artefacts of this run",
                    "log"
                )
            );
        return links.ToImmutable();

        ActionLink Workflow(
            string label,
            string file,
            ActionCategory category,
            string description,
            string icon,
            string inputs
        ) =>
            new(
                label,
                At($"actions/workflows/{file}"),
                category,
                description,
                icon,
                $"gh workflow run {file} {inputs}"
            );

        ActionLink Page(string label, string path, ActionCategory category, string description, string icon) =>
            new(label, At(path), category, description, icon, null);

        Uri At(string path) => new($"https://github.com/{repository}/{path}");
    }
}
