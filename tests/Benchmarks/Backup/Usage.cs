using System.Globalization;

namespace Slipway.Benchmarks.Backup;

/// <summary>What processes have used, from /proc: CPU of ours, our children's and the server's; memory of each.</summary>
internal static class Usage
{
    // USER_HZ: the unit of the times in /proc, the same on every Linux that .NET runs on.
    private const double Ticks = 100;

    /// <summary>CPU seconds of this process and the children that have ended.</summary>
    public static double OwnCpu()
    {
        var fields = Stat("self");
        return Sum(fields, 11..15);
    }

    /// <summary>CPU seconds of a PostgreSQL server: postmaster, backends that have ended, backends that run.</summary>
    public static double ServerCpu(int postmaster)
    {
        var cpu = Sum(Stat($"{postmaster}"), 11..15);
        foreach (var (_, fields) in Children(postmaster))
            cpu += Sum(fields, 11..13);
        return cpu;
    }

    /// <summary>Peak memory of a process so far, bytes; 0 when it is gone.</summary>
    public static long Peak(string process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6, line.Length - 8), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Ids of everything below a process.</summary>
    public static IEnumerable<int> Descendants(int process) =>
        Children(process).SelectMany(child => Descendants(child.Id).Prepend(child.Id));

    private static IEnumerable<(int Id, string[] Fields)> Children(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id))
                continue;
            var fields = Stat($"{id}");
            if (fields.Length > 1 && fields[1] == parent.ToString(CultureInfo.InvariantCulture))
                yield return (id, fields);
        }
    }

    // What follows the name, which may hold spaces: state, parent, …
    private static string[] Stat(string process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static double Sum(string[] fields, Range range) =>
        fields.Length == 0 ? 0 : fields[range].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / Ticks;
}

/// <summary>
/// The most that the processes below one take together, seen from outside: what is measured must not pay for the looking.
/// </summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly int _process;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public MemoryWatch(int process)
    {
        _process = process;
        _watching = WatchAsync();
    }

    public long Bytes { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Bytes = Math.Max(Bytes, Usage.Descendants(_process).Sum(process => Usage.Peak($"{process}")));
            await Task.Delay(Pause);
        }
    }
}
