using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Tools;

/// <param name="StartTicks">Clock ticks since boot; with the pid the identity of a process, because pids are used again.</param>
/// <param name="State">Kernel's letter; <c>Z</c> is dead and only waits for its parent.</param>
internal sealed record ProcessEntry(int Pid, char State, int ParentPid, int Session, long StartTicks)
{
    public bool IsRunning => State is not ('Z' or 'X');

    /// <summary>Parses <c>/proc/&lt;pid&gt;/stat</c>. The second field is a name that may hold blanks and brackets.</summary>
    public static ProcessEntry? Parse(string stat)
    {
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        if (open < 1 || close < open)
            return null;
        var fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (
            fields.Length < 20
            || !int.TryParse(stat.AsSpan(0, open - 1), CultureInfo.InvariantCulture, out var pid)
            || !int.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent)
            || !int.TryParse(fields[3], CultureInfo.InvariantCulture, out var session)
            || !long.TryParse(fields[19], CultureInfo.InvariantCulture, out var start)
        )
            return null;
        return new ProcessEntry(pid, fields[0][0], parent, session, start);
    }
}

/// <summary>The processes of this machine, read from <c>/proc</c>; empty where there is none.</summary>
internal static class ProcessTable
{
    public static ProcessEntry? Read(int pid)
    {
        try
        {
            return ProcessEntry.Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static ImmutableArray<ProcessEntry> ReadAll()
    {
        if (!Directory.Exists("/proc/self"))
            return [];
        var entries = ImmutableArray.CreateBuilder<ProcessEntry>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { } entry
            )
                entries.Add(entry);
        return entries.ToImmutable();
    }

    /// <summary>Identity of this boot: start ticks mean nothing across it.</summary>
    public static string BootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
