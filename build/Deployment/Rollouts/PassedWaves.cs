using System.Collections.Immutable;
using Slipway.Runs;

namespace Slipway.Rollouts;

/// <summary>The waves that have passed so far, for a resumed run: what they did would be forgotten if the rollout died.</summary>
public sealed record PassedWaves : StageOutput, IStageFile
{
    public static string FileName => "rollout/passed.json";

    public required ImmutableArray<RolloutWaveResult> Waves { get; init; }
}
