using System.Collections.Immutable;

namespace Slipway.Runs;

/// <summary>Whether a stage did its work, or found that it does not apply to this deployment.</summary>
public enum StageOutcome
{
    Done,
    NotApplicable,
}

/// <summary>
/// What every stage writes: one typed JSON file in the run folder, written once, atomically. Nothing else passes
/// between stages, jobs or machines.
/// </summary>
public abstract record StageOutput
{
    /// <summary>Version of the file's shape; a reader refuses another one.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The deployment the file belongs to; a reader refuses a file of another one.</summary>
    public required string DeploymentId { get; init; }

    public StageOutcome Outcome { get; init; } = StageOutcome.Done;

    /// <summary>Why the stage does not apply; null when it was done.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>
    /// Path in the run folder → SHA-256 (lower-case hex) of each file that the stage read or made, so that
    /// <c>--resume</c> can tell whether this output still follows from what is there.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Names the file of a stage output, relative to the run folder.</summary>
public interface IStageFile
{
    static abstract string FileName { get; }
}
