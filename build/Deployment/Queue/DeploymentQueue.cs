using System.Collections.Immutable;
using Slipway.Ledger;
using Slipway.Records;

namespace Slipway.Queue;

/// <param name="Name">The deployment's id, or the run's until it has one.</param>
public sealed record RunningDeployment(string Name, DateTimeOffset StartedAt, string TriggeredBy);

public sealed record WaitingDeployment(string Name, DateTimeOffset QueuedAt, string TriggeredBy);

/// <param name="Position">1 goes next.</param>
/// <param name="EstimatedWait">Null when no deployment here has a known duration.</param>
public sealed record QueuePosition(WaitingDeployment Deployment, int Position, TimeSpan? EstimatedWait);

/// <summary>What runs in an environment and who waits, computed on every look and stored nowhere.</summary>
/// <param name="TypicalDuration">Median of the last successful deployments; null when there is none.</param>
/// <param name="IsOverdue">Whether the current one runs longer than usual, so that the waits are guesses.</param>
#pragma warning disable CA1711 // the data model calls it so: a queue of deployments, no collection
public sealed record DeploymentQueue(
    string Environment,
    RunningDeployment? Current,
    ImmutableArray<QueuePosition> Waiting,
    TimeSpan? TypicalDuration,
    bool IsOverdue
)
#pragma warning restore CA1711
{
    private const int Remembered = 10;

    public static DeploymentQueue Compute(
        DeploymentLedger ledger,
        RunningDeployment? current,
        IEnumerable<WaitingDeployment> waiting,
        DateTimeOffset now
    )
    {
        var typical = Typical(ledger);
        var elapsed = current is null ? TimeSpan.Zero : Max(now - current.StartedAt, TimeSpan.Zero);
        var rest = current is null ? TimeSpan.Zero : Max((typical ?? TimeSpan.Zero) - elapsed, TimeSpan.Zero);
        return new(
            ledger.Environment,
            current,
            [
                .. waiting
                    .OrderBy(deployment => deployment.QueuedAt)
                    .ThenBy(deployment => deployment.Name, StringComparer.Ordinal)
                    .Select(
                        (deployment, index) =>
                            new QueuePosition(deployment, index + 1, typical is null ? null : rest + (index * typical))
                    ),
            ],
            typical,
            current is not null && typical is not null && elapsed > typical
        );
    }

    /// <summary>The median does not care about the one that waited for a person all night.</summary>
    private static TimeSpan? Typical(DeploymentLedger ledger)
    {
        double[] seconds =
        [
            .. ledger
                .Entries.Reverse()
                .Where(entry => entry.Record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success))
                .Select(entry => entry.Record.DurationSeconds)
                .Where(duration => duration > 0 && double.IsFinite(duration))
                .Take(Remembered)
                .Order(),
        ];
        if (seconds.Length == 0)
            return null;
        var middle = seconds.Length / 2;
        return TimeSpan.FromSeconds(
            seconds.Length % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2
        );
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
