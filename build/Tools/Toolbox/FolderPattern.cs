using Slipway.Toolbox;

namespace Slipway.Tools;

/// <summary>Folders that a pattern of the catalogue stands for, the highest version first.</summary>
internal static class FolderPattern
{
    public static IEnumerable<string> Expand(string pattern)
    {
        if (pattern.StartsWith('$'))
        {
            var end = pattern.IndexOf('/', StringComparison.Ordinal);
            var value = Environment.GetEnvironmentVariable(pattern[1..end]);
            if (string.IsNullOrEmpty(value) || !Path.IsPathRooted(value))
                return [];
            pattern = value.Replace('\\', '/') + pattern[end..];
        }
        IEnumerable<string> folders = [Path.GetPathRoot(pattern)!];
        foreach (
            var part in pattern[Path.GetPathRoot(pattern)!.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)
        )
            folders = part.Contains('*', StringComparison.Ordinal)
                ? folders.SelectMany(folder => Matches(folder, part))
                : folders.Select(folder => Path.Combine(folder, part));
        return folders.Where(Directory.Exists);
    }

    private static IEnumerable<string> Matches(string folder, string pattern) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder, pattern)
                .OrderByDescending(path => ToolVersion.Find(Path.GetFileName(path)))
            : [];
}
