using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>git's own rules for ref names (git-check-ref-format), so that a name can be refused before git sees it.</summary>
public static class GitRefName
{
    /// <param name="name">Full name, e.g. <c>refs/tags/api/v1.2.3</c>.</param>
    public static bool IsValid(string name) =>
        name.StartsWith("refs/", StringComparison.Ordinal)
        && name.Length <= 1000
        && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal)
        && !name.EndsWith('.')
        && name.All(c => c > ' ' && c != '\u007f' && !"~^:?*[\\".Contains(c, StringComparison.Ordinal))
        && name.Split('/')
            .All(part => part.Length > 0 && part[0] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal));

    /// <exception cref="PipelineException">Not a ref name.</exception>
    public static string Require(string name) =>
        IsValid(name)
            ? name
            : throw new PipelineException(
                ExitCode.Usage,
                $"«{name}» is no valid git ref",
                "refs/<kind>/<name> without blanks, control characters and any of .. ~ ^ : ? * [ \\ @{"
            );

    public static string Tag(string name) => Require($"refs/tags/{name}");
}
