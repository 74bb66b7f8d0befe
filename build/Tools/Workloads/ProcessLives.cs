using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>One life of a process: an id alone is given to another process sooner or later.</summary>
/// <param name="StartTicks">When it started, in the kernel's ticks since the boot.</param>
public sealed record ProcessLife(string Boot, int ProcessId, long StartTicks)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Boot}/{ProcessId}/{StartTicks}");

    public static ProcessLife? Parse(string text) =>
        text.Split('/') is [var boot, var id, var ticks]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
        && pid > 1
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new(boot, pid, start)
            : null;
}

/// <summary>The processes of this machine, as Linux tells them in <c>/proc</c>.</summary>
public sealed partial class ProcessLives
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private const int NoHang = 1;

    private readonly Lazy<string> _boot = new(ReadBoot);

    /// <summary>The life that has this id now; null when none has, or only a dead one that nobody has collected.</summary>
    public ProcessLife? Find(int processId)
    {
        Collect(processId);
        var stat = ReadText($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/stat");
        // The name in brackets may hold spaces and brackets: what counts comes after the last one.
        var fields = stat is null
            ? []
            : stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            fields.Length > 19
            && fields[0] is not ("Z" or "X")
            && long.TryParse(fields[19], CultureInfo.InvariantCulture, out var start)
            ? new(_boot.Value, processId, start)
            : null;
    }

    public bool IsAlive(ProcessLife life) => Find(life.ProcessId) == life;

    /// <summary>Processes whose environment holds <paramref name="name"/> with this value, as far as we may look.</summary>
    public ImmutableArray<ProcessLife> WithVariable(string name, string value)
    {
        var wanted = Encoding.UTF8.GetBytes($"{name}={value}\0");
        var found = ImmutableArray.CreateBuilder<ProcessLife>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Find(pid) is { } life
                && Holds(ReadBytes($"{folder}/environ"), wanted)
            )
                found.Add(life);
        }
        return found.ToImmutable();
    }

    /// <summary>Signals the process group that the life leads; nothing when the life is over.</summary>
    public void Signal(ProcessLife life, bool force)
    {
        if (IsAlive(life))
            _ = SendSignal(-life.ProcessId, force ? Kill : Terminate);
    }

    /// <summary>The same for a process that may not lead a group.</summary>
    public void SignalAlone(ProcessLife life, bool force)
    {
        if (IsAlive(life))
            _ = SendSignal(life.ProcessId, force ? Kill : Terminate);
    }

    private static bool Holds(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> wanted)
    {
        var place = environment.IndexOf(wanted);
        return place == 0 || (place > 0 && environment[place - 1] == 0);
    }

    /// <summary>A child that ended stays in the table until its parent asks for its exit code.</summary>
    private static void Collect(int processId) => _ = WaitFor(processId, out _, NoHang);

    private static string ReadBoot() =>
        ReadText("/proc/sys/kernel/random/boot_id")?.Trim()
        ?? throw new PipelineException(
            "this machine has no /proc: services cannot run as processes here",
            "Linux, or containers",
            "./build.sh --target=Deploy --engine=docker"
        );

    private static string? ReadText(string path) =>
        ReadBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int processId, out int status, int options);
}
