namespace Slipway.Pipeline;

/// <summary>What the host offers beyond Cake; the composition root binds it, so that no task depends on our own host.</summary>
/// <param name="Cancellation">Cancelled by Ctrl-C, SIGTERM or the end of the workflow's job.</param>
/// <param name="MoveLogs">Brings the logs of the tasks into a folder.</param>
/// <param name="MaskSecret">Tells GitHub's runner to print *** instead.</param>
/// <param name="WriteResult">Prints the product of a target (a table, JSON) as it stands.</param>
public sealed record HostPorts(
    Func<CancellationToken> Cancellation,
    Action<string> MoveLogs,
    Action<string> MaskSecret,
    Action<string> WriteResult
)
{
    /// <summary>Asks the person at the terminal; null where nobody would answer.</summary>
    public Func<string, CancellationToken, string?>? Ask { get; init; }

    /// <summary>Columns of a terminal whose lines can be written over; null elsewhere.</summary>
    public int? TerminalWidth { get; init; }

    /// <summary>A view at the bottom of the terminal, below the log; null where there is none.</summary>
    public LiveView? Live { get; init; }

    /// <summary>Asks for something that is not shown while it is typed; null where nobody would answer.</summary>
    public Func<string, CancellationToken, string?>? AskHidden { get; init; }

    /// <summary>For the plain host of Cake.Frosting, which has none of it.</summary>
    public static HostPorts Plain { get; } = new(() => CancellationToken.None, _ => { }, _ => { }, Write);

    private static void Write(string text) => Console.Out.WriteLine(text);
}

/// <param name="Width">Columns now.</param>
/// <param name="Show">Shows lines until the next call; none takes them away.</param>
public sealed record LiveView(Func<int> Width, Action<IReadOnlyList<string>> Show);
