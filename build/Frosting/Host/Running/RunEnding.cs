using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>How the tasks of a run ended.</summary>
/// <param name="Failures">That count, in the order they happened.</param>
/// <param name="Cancelled">Somebody stopped it, and something was left undone.</param>
/// <param name="CancelledFirst">The cancellation came before the first failure.</param>
internal sealed record RunEnding(ImmutableArray<TaskResult> Failures, bool Cancelled, bool CancelledFirst)
{
    public const int CancelledExitCode = 130;

    public bool Succeeded => Failures.IsEmpty && !Cancelled;

    public int ExitCode(FailureReader failures) =>
        Cancelled && (CancelledFirst || Failures.IsEmpty) ? CancelledExitCode
        : Failures.IsEmpty ? 0
        : failures.Read(Failures[0].Exception!).ExitCode;
}
