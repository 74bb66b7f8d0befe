using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Paths that stay inside a folder, whatever the text says and wherever links lead.</summary>
public static class ContainedPath
{
    /// <exception cref="PipelineException">The path leads out of <paramref name="root"/>.</exception>
    public static string Resolve(string root, string relative)
    {
        var full = Path.GetFullPath(root);
        if (relative.Length == 0 || relative.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(relative))
            throw Escapes(root, relative);
        var path = Path.GetFullPath(Path.Combine(full, relative));
        if (!IsInside(full, path))
            throw Escapes(root, relative);
        for (var part = path; part.Length > full.Length; part = Path.GetDirectoryName(part)!)
            if (LinkTarget(part) is { } target && !IsInside(RealPath(full), RealPath(target)))
                throw Escapes(root, relative);
        return path;
    }

    internal static bool IsInside(string root, string path) =>
        path == root || path.StartsWith(root.TrimEnd('/') + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Where a link leads in the end, or null when the path is no link.</summary>
    internal static string? LinkTarget(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (info.LinkTarget is null)
            return null;
        try
        {
            return info.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        }
        catch (IOException)
        {
            return "/"; // a circle leads nowhere inside
        }
    }

    /// <summary>The path with the links in its folders followed (a temporary folder is often one).</summary>
    internal static string RealPath(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
            return path;
        var here = Path.Combine(RealPath(parent), Path.GetFileName(path));
        return LinkTarget(here) ?? here;
    }

    private static PipelineException Escapes(string root, string relative) =>
        new(ExitCode.Usage, $"the path «{relative}» leads out of {root}", "a relative path that stays inside");
}
