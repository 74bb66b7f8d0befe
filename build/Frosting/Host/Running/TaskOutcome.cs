using System.Text.Json.Serialization;

namespace Slipway.Host;

/// <summary>How it stands with a task of a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TaskOutcome>))]
public enum TaskOutcome
{
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    /// <summary>It has no work of its own; what it stands for is done.</summary>
    [JsonStringEnumMemberName("aggregate")]
    Aggregate,

    /// <summary>It, or the command line, said that it does not apply. What depends on it runs.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It failed, and is marked <c>[ContinueOnError]</c>: the run went on.</summary>
    [JsonStringEnumMemberName("failed-continued")]
    FailedContinued,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    [JsonStringEnumMemberName("not-run")]
    NotRun,
}
