using Slipway.Secrets;

namespace Slipway.Pipeline;

/// <summary>Who runs this and where: GitHub's runner says it by environment variables; elsewhere it is this machine's user.</summary>
/// <param name="PushedRef">The ref that started the workflow, e.g. <c>refs/tags/v1.2.3</c>; null outside GitHub.</param>
/// <param name="Token">Of the run; null where there is none: then nothing is asked of GitHub, and that is said.</param>
public sealed record Origin(string Actor, string RunId, string? PushedRef, string? Repository, bool IsGitHub, Secret? Token)
{
    /// <summary>GitHub's REST API; another one on GitHub Enterprise.</summary>
    /// <summary>The file that GitHub shows as the job's summary; null elsewhere.</summary>
    public string? StepSummary { get; init; }

    public Uri ApiUrl { get; init; } = new("https://api.github.com/");

    public static Origin Read(Func<string, string?> variable)
    {
        var isGitHub = variable("GITHUB_ACTIONS") == "true";
        return new(
            variable("GITHUB_ACTOR") is { Length: > 0 } actor && isGitHub ? actor : variable("USER") ?? System.Environment.UserName,
            isGitHub && variable("GITHUB_RUN_ID") is { Length: > 0 } run ? run : "local",
            isGitHub ? variable("GITHUB_REF") : null,
            variable("GITHUB_REPOSITORY"),
            isGitHub,
            variable("GITHUB_TOKEN") is { Length: > 0 } token ? new Secret(token) : null
        )
        {
            StepSummary = variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } summary && isGitHub ? summary : null,
            ApiUrl = new(variable("GITHUB_API_URL") is { Length: > 0 } url ? url.TrimEnd('/') + "/" : "https://api.github.com/"),
        };
    }
}
