using System.Collections.Immutable;
using Slipway.Rollouts;

namespace Slipway.Health;

/// <param name="Problems">One sentence per service that is not well.</param>
public sealed record HealthJudgement(ImmutableArray<string> Problems)
{
    public bool IsHealthy => Problems.IsEmpty;

    /// <summary>
    /// Healthy is every service answering well with the expected version: an old version that answers behind the new
    /// one's address is not the candidate.
    /// </summary>
    /// <param name="expectedVersion">Without <c>v</c>, as <c>/health</c> says it; null when any will do.</param>
    public static HealthJudgement Of(ImmutableArray<HealthReading> readings, string? expectedVersion)
    {
        if (readings.IsDefaultOrEmpty)
            return new(["no service answered"]);
        return new([.. readings.Select(reading => Problem(reading, expectedVersion)).OfType<string>()]);
    }

    private static string? Problem(HealthReading reading, string? expected)
    {
        if (!reading.Healthy)
            return $"{reading.Service}: {(reading.StatusCode is { } code ? $"answers {code}" : "does not answer")}{Detail(reading)}";
        return expected is null || reading.Version == expected
            ? null
            : $"{reading.Service}: says version {reading.Version ?? "none"}, expected {expected}";
    }

    private static string Detail(HealthReading reading) => reading.Detail.Length == 0 ? "" : $" ({reading.Detail})";
}
