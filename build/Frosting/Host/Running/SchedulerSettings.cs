using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>What a run's scheduler is told.</summary>
/// <param name="Durations">Seconds of earlier runs.</param>
/// <param name="Tick">How often the progress is looked at.</param>
/// <param name="ForcedWait">How long running tasks have after a forced cancellation.</param>
internal sealed record SchedulerSettings(
    int Parallel,
    RunPolicy Policy,
    IReadOnlyDictionary<string, double> Durations,
    IReadOnlyDictionary<string, ImmutableHashSet<string>> ExclusiveResources,
    TimeSpan Tick,
    TimeSpan ForcedWait
);
