using System.Collections.Immutable;
using Slipway.Versions;

namespace Slipway.Environments;

/// <param name="Environment">Where the ref is deployed; null when it is validated only.</param>
/// <param name="Why">For people.</param>
public sealed record Route(string? Environment, string Why);

/// <summary>Which environment a git ref deploys to.</summary>
public sealed class BranchRouting(IEnumerable<EnvironmentConfiguration> environments)
{
    private readonly ImmutableArray<EnvironmentConfiguration> _environments =
    [
        .. environments.OrderBy(environment => environment.Name, StringComparer.Ordinal),
    ];

    /// <param name="gitRef">e.g. <c>refs/heads/feature/login</c> or <c>refs/tags/v1.2.3</c>; a bare branch name is taken too.</param>
    public Route Of(string gitRef)
    {
        if (gitRef.StartsWith("refs/tags/", StringComparison.Ordinal))
            return OfTag(gitRef["refs/tags/".Length..]);
        if (gitRef.StartsWith("refs/pull/", StringComparison.Ordinal))
            return new(null, "a pull request is validated only");
        var branch = gitRef.StartsWith("refs/heads/", StringComparison.Ordinal)
            ? gitRef["refs/heads/".Length..]
            : gitRef;
        foreach (var environment in _environments)
            if (environment.Branches.FirstOrDefault(pattern => BranchPattern.Matches(pattern, branch)) is { } pattern)
                return new(
                    environment.Name,
                    $"the branch {QuotedText.Plain(branch)} matches {pattern} of {environment.Name}"
                );
        return new(null, $"no environment claims the branch {QuotedText.Plain(branch)}: it is validated only");
    }

    private Route OfTag(string tag)
    {
        if (!ProjectVersion.TryParse(tag, out var version, out var error))
            return new(null, $"the tag {QuotedText.Plain(tag)} is no version: {error}");
        return _environments.FirstOrDefault(environment => environment.VersionTags) is { } target
            ? new(target.Name, $"version tags such as {version} go to {target.Name}")
            : new(null, "no environment takes version tags");
    }
}

/// <summary>Patterns of branch names: <c>*</c> stands for any characters, slashes included.</summary>
public static class BranchPattern
{
    public static bool Matches(string pattern, string branch)
    {
        var reached = Start(pattern);
        foreach (var character in branch)
        {
            var next = new bool[pattern.Length + 1];
            for (var i = 0; i < pattern.Length; i++)
                if (reached[i] && (pattern[i] == '*' || pattern[i] == character))
                    next[pattern[i] == '*' ? i : i + 1] = true;
            reached = SkipStars(pattern, next);
        }
        return reached[^1];
    }

    /// <summary>Whether some branch matches both.</summary>
    public static bool Overlap(string left, string right)
    {
        var met = new bool[left.Length + 1, right.Length + 1]; // [i, j]: what is left of both from there can still meet
        for (var i = left.Length; i >= 0; i--)
        for (var j = right.Length; j >= 0; j--)
        {
            var leftStar = i < left.Length && left[i] == '*';
            var rightStar = j < right.Length && right[j] == '*';
            met[i, j] =
                (i == left.Length && j == right.Length)
                || (leftStar && (met[i + 1, j] || (j < right.Length && met[i, j + 1])))
                || (rightStar && (met[i, j + 1] || (i < left.Length && met[i + 1, j])))
                || (i < left.Length && j < right.Length && left[i] == right[j] && met[i + 1, j + 1]);
        }
        return met[0, 0];
    }

    private static bool[] Start(string pattern)
    {
        var reached = new bool[pattern.Length + 1];
        reached[0] = true;
        return SkipStars(pattern, reached);
    }

    private static bool[] SkipStars(string pattern, bool[] reached)
    {
        for (var i = 0; i < pattern.Length; i++)
            if (reached[i] && pattern[i] == '*')
                reached[i + 1] = true;
        return reached;
    }
}

/// <summary>No branch deploys to two environments, and version tags to one.</summary>
internal static class BranchRules
{
    public static IEnumerable<ConfigurationError> Check(IEnumerable<EnvironmentConfiguration> environments)
    {
        EnvironmentConfiguration[] all = [.. environments];
        for (var second = 1; second < all.Length; second++)
        for (var first = 0; first < second; first++)
        {
            var file = $"{ConfigurationTree.Root}/{all[second].Name}/environment.json";
            foreach (var (index, pattern) in all[second].Branches.Index())
            foreach (var claimed in all[first].Branches.Where(claimed => BranchPattern.Overlap(claimed, pattern)))
                yield return new(
                    file,
                    $"branches[{index}]",
                    $"{QuotedText.Of(pattern)} overlaps {QuotedText.Of(claimed)} of {all[first].Name}",
                    "each branch in one environment"
                );
            if (all[first].VersionTags && all[second].VersionTags)
                yield return new(
                    file,
                    "versionTags",
                    $"is true, as in {all[first].Name}",
                    "version tags in one environment"
                );
        }
    }
}
