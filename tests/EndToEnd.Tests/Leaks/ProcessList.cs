using System.Collections.Concurrent;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <summary>What anybody on the machine sees of the arguments of all processes, looked at again and again.</summary>
internal sealed class ProcessList : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    private ProcessList()
    {
        _thread = new Thread(Look) { IsBackground = true, Name = "process list" };
        _thread.Start();
    }

    public static ProcessList Watch() => new();

    /// <summary>How many times it was looked.</summary>
    public int Looks { get; private set; }

    /// <summary>Every command line met so far, one per line.</summary>
    public string Seen() => string.Join('\n', _seen.Keys);

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Look()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
                if (char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                    Keep(Path.Combine(folder, "cmdline"));
            Looks++;
            _stop.Token.WaitHandle.WaitOne(Pause);
        }
    }

    private void Keep(string file)
    {
        try
        {
            if (File.ReadAllText(file).Replace('\0', ' ') is { Length: > 0 } arguments)
                _seen.TryAdd(arguments, 0);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at.
        }
    }
}
