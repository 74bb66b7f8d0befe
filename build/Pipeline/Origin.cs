namespace Slipway.Pipeline;

/// <summary>Who runs this and where: GitHub's runner says it by environment variables; elsewhere it is this machine's user.</summary>
/// <param name="PushedRef">The ref that started the workflow, e.g. <c>refs/tags/v1.2.3</c>; null outside GitHub.</param>
public sealed record Origin(string Actor, string RunId, string? PushedRef, string? Repository, bool IsGitHub)
{
    public static Origin Read(Func<string, string?> variable)
    {
        var isGitHub = variable("GITHUB_ACTIONS") == "true";
        return new(
            variable("GITHUB_ACTOR") is { Length: > 0 } actor && isGitHub ? actor : variable("USER") ?? System.Environment.UserName,
            isGitHub && variable("GITHUB_RUN_ID") is { Length: > 0 } run ? run : "local",
            isGitHub ? variable("GITHUB_REF") : null,
            isGitHub ? variable("GITHUB_REPOSITORY") : null,
            isGitHub
        );
    }
}
