namespace Slipway.Health;

/// <summary>
/// When to probe next. A single failure is asked again at once instead of after a whole interval: at +1 s and +2 s
/// after the first failure, so that a dead candidate is known to be dead within two seconds.
/// </summary>
/// <param name="Interval">Between probes while all is well.</param>
/// <param name="FailuresInARow">Probes that failed since the last good one.</param>
public sealed record ProbeSchedule(TimeSpan Interval, int FailuresInARow = 0)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row after which a candidate counts as dead.</summary>
    public const int Dead = 3;

    public bool IsDead => FailuresInARow >= Dead;

    /// <summary>From one probe to the next.</summary>
    public TimeSpan Delay => FailuresInARow is > 0 and < Dead && Interval > Again ? Again : Interval;

    public ProbeSchedule After(bool healthy) => this with { FailuresInARow = healthy ? 0 : FailuresInARow + 1 };
}
