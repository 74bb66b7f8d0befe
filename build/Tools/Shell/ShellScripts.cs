using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>Finds a repository's shell scripts: by name, and without an extension by their first line.</summary>
public static class ShellScripts
{
    private static readonly ImmutableHashSet<string> NotOurs =
    [
        ".git",
        ".slipway",
        ".terraform",
        "bin",
        "deployment-logs",
        "node_modules",
        "obj",
    ];

    /// <returns>Paths relative to the root, sorted.</returns>
    public static ImmutableArray<string> Find(string root)
    {
        var full = Path.GetFullPath(root);
        return
        [
            .. Files(new DirectoryInfo(full))
                .Where(IsScript)
                .Select(file => Path.GetRelativePath(full, file.FullName))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder)
    {
        foreach (var info in folder.EnumerateFileSystemInfos())
            if (info.LinkTarget is not null)
                continue;
            else if (info is FileInfo file)
                yield return file;
            else if (info is DirectoryInfo inner && !NotOurs.Contains(inner.Name))
                foreach (var found in Files(inner))
                    yield return found;
    }

    private static bool IsScript(FileInfo file)
    {
        if (file.Extension is ".sh" or ".bash")
            return true;
        if (file.Extension.Length > 0 && !file.Name.StartsWith('.'))
            return false;
        Span<byte> start = stackalloc byte[64];
        using var stream = file.OpenRead();
        var line = System.Text.Encoding.ASCII.GetString(start[..stream.Read(start)]).Split('\n')[0].TrimEnd();
        return line.StartsWith("#!", StringComparison.Ordinal)
            && (
                line.EndsWith("/sh", StringComparison.Ordinal)
                || line.Contains("bash", StringComparison.Ordinal)
                || line.EndsWith(" sh", StringComparison.Ordinal)
            );
    }
}
