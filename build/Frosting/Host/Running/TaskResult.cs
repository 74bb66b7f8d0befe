using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Host;

/// <summary>A task of a run, as far as it has come.</summary>
/// <param name="DependsOn">Names of the tasks of this run that it waited for.</param>
public sealed record TaskResult(string Task, TaskOutcome Status, ImmutableArray<string> DependsOn)
{
    /// <summary>Which of the parallel lanes it ran in, from 0; null when it did not run.</summary>
    public int? Lane { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Seconds from the start of the run to its own.</summary>
    public double? Offset { get; init; }

    public double Seconds { get; init; }

    /// <summary>Why it was skipped, not run or cancelled, or what its failure says.</summary>
    public string? Reason { get; init; }

    [JsonIgnore]
    public Exception? Exception { get; init; }
}
