using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>Finds programs as a shell would: by PATH, or as the path that was given.</summary>
public static class ProgramPath
{
    /// <summary>The program's path, or null. Relative paths with a slash are relative to <paramref name="workingDirectory"/>.</summary>
    public static string? Find(string program, string? path = null, string? workingDirectory = null)
    {
        if (program.Length == 0 || program.Contains('\0', StringComparison.Ordinal))
            return null;
        if (program.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(program))
        {
            var full = Path.GetFullPath(program, workingDirectory ?? Directory.GetCurrentDirectory());
            return Executables(full).FirstOrDefault(IsExecutable);
        }
        path ??= Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (var folder in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            if (Path.IsPathRooted(folder))
                foreach (var candidate in Executables(Path.Combine(folder, program)))
                    if (IsExecutable(candidate))
                        return candidate;
        return null;
    }

    private static ImmutableArray<string> Executables(string path) =>
        OperatingSystem.IsWindows() && !Path.HasExtension(path)
            ? [path + ".exe", path + ".cmd", path + ".bat"]
            : [path];

    private static bool IsExecutable(string path)
    {
        if (!File.Exists(path))
            return false;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & execute) != UnixFileMode.None;
    }
}
