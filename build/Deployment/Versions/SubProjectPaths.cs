namespace Slipway.Versions;

/// <summary>Paths of sub-projects: a folder in the repository and the prefix of its tags, so both grammars hold.</summary>
public static class SubProjectPaths
{
    public const string Grammar = "folder names of letters, digits, '.', '_' and '-' joined by '/', e.g. apps/mobile";

    /// <summary>What is wrong with a path; null when it is one. The empty path is the root.</summary>
    public static string? Refusal(string path)
    {
        if (path.Length == 0)
            return null;
        if (path.StartsWith('/') || path.EndsWith('/'))
            return "the sub-project path starts or ends with a slash";
        foreach (var segment in path.Split('/'))
            if (SegmentRefusal(segment) is { } refusal)
                return refusal;
        return null;
    }

    private static string? SegmentRefusal(string segment)
    {
        if (segment.Length == 0)
            return "the sub-project path has an empty part";
        if (segment.Contains("..", StringComparison.Ordinal))
            return "the sub-project path has '..' in it";
        if (!segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            return "the sub-project path may have only letters, digits, '.', '_' and '-' between slashes";
        if (segment[0] is '.' or '-' || segment[^1] == '.')
            return "a part of the sub-project path starts with '.' or '-', or ends with '.'";
        if (segment.EndsWith(".lock", StringComparison.OrdinalIgnoreCase))
            return "a part of the sub-project path ends in .lock, which git refuses";
        return ProjectVersion.TryParse(segment, out _, out _)
            ? "a part of the sub-project path is a version itself"
            : null;
    }
}
