using System.Text.Json;
using Slipway.Rollouts;
using Slipway.Runs;

namespace Slipway.Tools;

/// <summary>The state of a rollout as its process last wrote it, for other processes to look at. Nothing decides by it.</summary>
public sealed class RolloutStateFile(string path)
{
    public Task WriteAsync(RolloutState state, CancellationToken cancellation) =>
        AtomicFile.WriteAsync(path, JsonSerializer.Serialize(state, StageSerializer.Options) + "\n", cancellation);

    /// <summary>Null when there is none, or none that can be read.</summary>
    public RolloutState? TryRead()
    {
        try
        {
            return JsonSerializer.Deserialize<RolloutState>(File.ReadAllText(path), StageSerializer.Options);
        }
        catch (Exception unreadable)
            when (unreadable is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
