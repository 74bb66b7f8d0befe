using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Runs;

namespace Slipway.Rollouts;

/// <summary>The waves that have passed so far, for a resumed run: what they did would be forgotten if the rollout died.</summary>
public static class PassedWaves
{
    /// <summary>In the run folder. No stage's output: the stage is not done.</summary>
    public const string FileName = "rollout/passed.json";

    public const long LargestFile = 16 * 1024 * 1024;

    public static string Write(ImmutableArray<RolloutWaveResult> waves) =>
        JsonSerializer.Serialize(waves, StageSerializer.Options);

    /// <summary>A file that is damaged, or not there, costs the record some lines, and no more.</summary>
    public static ImmutableArray<RolloutWaveResult> Read(string? text)
    {
        try
        {
            return
                text is not null
                && JsonSerializer.Deserialize<ImmutableArray<RolloutWaveResult>>(text, StageSerializer.Options)
                    is { IsDefault: false } waves
                ? waves
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
