using System.Text.Json;
using Slipway.Rollouts;
using Slipway.Runs;

namespace Slipway.Tools;

/// <summary>The state of a rollout as its process last wrote it, for other processes to look at. Nothing decides by it.</summary>
/// <param name="redact">What is written passes here first: a health answer can say anything.</param>
public sealed class RolloutStateFile(string path, Func<string, string>? redact = null)
{
    public Task WriteAsync(RolloutState state, CancellationToken cancellation) =>
        AtomicFile.WriteAsync(path, Text(state), cancellation);

    private string Text(RolloutState state)
    {
        var text = JsonSerializer.Serialize(state, StageSerializer.Options) + "\n";
        return redact is null ? text : redact(text);
    }

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
