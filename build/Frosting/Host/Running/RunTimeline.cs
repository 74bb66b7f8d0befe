using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Host;

/// <summary>
/// What a run did and when: the content of <c>timeline.json</c>. Rewritten whenever a task ends, so that a run that was
/// killed has one, too.
/// </summary>
public sealed record RunTimeline
{
    public const string FileName = "timeline.json";

    public const int CurrentSchemaVersion = 1;

    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    public ImmutableArray<string> Targets { get; init; } = [];

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while the run lasts, and for ever when it was killed.</summary>
    public int? ExitCode { get; init; }

    public double WallSeconds { get; init; }

    /// <summary>The tasks that kept the run from being shorter, first to last.</summary>
    public ImmutableArray<string> CriticalPath { get; init; } = [];

    public double CriticalSeconds { get; init; }

    public ImmutableArray<TaskResult> Tasks { get; init; } = [];

    /// <summary>Seconds of each task that did its work, for <see cref="HostExtensions.UseDurations"/> of a later run.</summary>
    [JsonIgnore]
    public ImmutableDictionary<string, double> Durations =>
        Tasks
            .Where(task => task.Status == TaskOutcome.Succeeded)
            .ToImmutableDictionary(task => task.Task, task => task.Seconds, StringComparer.OrdinalIgnoreCase);

    public string ToJson() => JsonSerializer.Serialize(this, TimelineJson.Default.RunTimeline);

    /// <summary>Null for text that is no timeline of a version we know (half a file of a killed run).</summary>
    public static RunTimeline? TryParse(string json)
    {
        try
        {
            var timeline = JsonSerializer.Deserialize(json, TimelineJson.Default.RunTimeline);
            return timeline?.SchemaVersion == CurrentSchemaVersion ? timeline : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(RunTimeline))]
internal sealed partial class TimelineJson : JsonSerializerContext;
