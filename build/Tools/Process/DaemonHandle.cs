using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// A program that outlives this one. Known by pid, start time and boot, so that a recycled pid is never taken for it.
/// </summary>
/// <param name="StartTicks">Clock ticks since boot, as the kernel says.</param>
/// <param name="BootId">The boot that the ticks count from.</param>
public sealed record DaemonHandle(int Pid, long StartTicks, string BootId)
{
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(10);

    public bool IsAlive =>
        BootId == ProcessTable.BootId()
        && ProcessTable.Read(Pid) is { IsRunning: true } entry
        && entry.StartTicks == StartTicks;

    /// <summary>Reads a pid file; null when there is none.</summary>
    /// <exception cref="PipelineException">The file is damaged.</exception>
    public static DaemonHandle? TryRead(string pidFile)
    {
        if (!File.Exists(pidFile))
            return null;
        var lines = File.ReadAllLines(pidFile);
        if (lines.Length < 2 || ProcessEntry.Parse(lines[1]) is not { } entry)
            throw new PipelineException(
                $"{pidFile} is damaged",
                "the boot id and the process's stat line",
                $"see whether the program still runs, end it by hand, then: rm {pidFile}"
            );
        return new DaemonHandle(entry.Pid, entry.StartTicks, lines[0]);
    }

    /// <summary>SIGTERM to the program and all that it started; SIGKILL after <paramref name="grace"/>. Nothing when it is gone.</summary>
    /// <remarks>Not cancellable: half a stop helps nobody, and the grace bounds it.</remarks>
    public async Task StopAsync(TimeSpan? grace = null, TimeProvider? time = null)
    {
        if (!IsAlive)
            return;
        await new ProcessTree(Pid, StartTicks, time ?? TimeProvider.System).EndAsync(
            Signal.Terminate,
            grace ?? DefaultGrace
        );
    }
}
