using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Slipway.Tools;

internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

/// <summary>
/// A started program with all that it started: the members of its session, and the descendants that left it. Who was
/// seen once is remembered by pid and start time, so that an orphan is still found and a recycled pid never signalled.
/// </summary>
internal sealed partial class ProcessTree(int leader, long leaderStartTicks, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<int, long> _known = new() { [leader] = leaderStartTicks };

    /// <summary>Running members, newest knowledge.</summary>
    public ImmutableArray<ProcessEntry> Running()
    {
        var all = ProcessTable.ReadAll();
        var members = all.Where(IsKnown).Select(entry => entry.Pid).ToHashSet();
        var leaderIsOurs = members.Contains(leader) || all.All(entry => entry.Pid != leader);
        bool grew;
        do
        {
            grew = false;
            foreach (var entry in all)
                if (
                    !members.Contains(entry.Pid)
                    && (members.Contains(entry.ParentPid) || (leaderIsOurs && entry.Session == leader))
                    && entry.StartTicks >= leaderStartTicks
                )
                    grew |= members.Add(entry.Pid);
        } while (grew);
        foreach (var entry in all.Where(entry => members.Contains(entry.Pid)))
            _known[entry.Pid] = entry.StartTicks;
        return [.. all.Where(entry => members.Contains(entry.Pid) && entry.IsRunning)];
    }

    /// <summary>Graceful signal to all, then, after <paramref name="grace"/>, SIGKILL until nobody is left.</summary>
    public async Task EndAsync(Signal signal, TimeSpan grace)
    {
        foreach (var member in Running())
            Send(member, signal);
        if (await GoneAsync(grace))
            return;
        // Whoever forks while it is killed leaves a child that the next look finds.
        for (var round = 0; round < 100; round++)
        {
            foreach (var member in Running())
                Send(member, Signal.Kill);
            if (await GoneAsync(Look * 2))
                return;
        }
    }

    private bool IsKnown(ProcessEntry entry) =>
        _known.TryGetValue(entry.Pid, out var start) && start == entry.StartTicks;

    private async Task<bool> GoneAsync(TimeSpan limit)
    {
        var started = time.GetTimestamp();
        while (Running().Length > 0)
        {
            if (time.GetElapsedTime(started) >= limit)
                return false;
            await Task.Delay(Look, time);
        }
        return true;
    }

    private static void Send(ProcessEntry entry, Signal signal)
    {
        if (ProcessTable.Read(entry.Pid)?.StartTicks == entry.StartTicks)
            _ = Kill(entry.Pid, (int)signal); // it may be gone by now: that is what is wanted
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
