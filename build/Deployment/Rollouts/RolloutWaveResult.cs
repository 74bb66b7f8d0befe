using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Versions;

namespace Slipway.Rollouts;

/// <summary>What became of one region's rollout.</summary>
/// <param name="Serving">Version that serves there now; null when nobody could say.</param>
public sealed record RolloutWaveResult(
    string Region,
    RolloutOutcome Result,
    ProjectVersion? Serving,
    ImmutableArray<RolloutStageResult> Stages
)
{
    /// <summary>Version kept warm for a hot rollback.</summary>
    public ProjectVersion? Warm { get; init; }

    public DateTimeOffset? WarmUntil { get; init; }

    public double? SecondsToZero { get; init; }

    /// <summary>Why it did not pass, or was brought back.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it could not be brought back, though a later wave did not pass; null when it was, or need not be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NotBroughtBack { get; init; }

    /// <summary>With the stages of an earlier attempt, where the region had passed then and only confirmed it now.</summary>
    public RolloutWaveResult After(ImmutableArray<RolloutWaveResult> earlier) =>
        this is { Result: RolloutOutcome.Promoted, Stages.IsEmpty: true }
        && earlier.FirstOrDefault(one => one.Region == Region && one.Result == RolloutOutcome.Promoted) is { } before
            ? this with
            {
                Stages = before.Stages,
                Warm = Warm ?? before.Warm,
            }
            : this;

    public static RolloutWaveResult Of(string region, RolloutResult result) =>
        new(region, result.Result, result.Serving, [.. result.Stages.Select(stage => stage with { Region = region })])
        {
            Warm = result.Warm,
            WarmUntil = result.WarmUntil,
            SecondsToZero = result.SecondsToZero,
            Reason = result.Reason,
        };
}
