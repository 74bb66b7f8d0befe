using Slipway.Runs;

namespace Slipway.Backups;

/// <summary>Output of RestoreDatabase: which backup now stands in which database, and what it replaced.</summary>
public sealed record RestoreResult : StageOutput, IStageFile
{
    public static string FileName => "restore/restore.json";

    public required string BackupId { get; init; }

    public required string Location { get; init; }

    public required string Database { get; init; }

    /// <summary>Name under which the database that was in use is kept; null when there was none.</summary>
    public string? ReplacedDatabase { get; init; }

    public int TablesCompared { get; init; }

    public long RowsCompared { get; init; }

    public double RestoreSeconds { get; init; }

    /// <summary>How long the database was away: from the cut of its connections to the rename.</summary>
    public double SwapSeconds { get; init; }

    public string? ForceReason { get; init; }
}

/// <summary>Whether a restore may take the place of what is there.</summary>
public static class RestoreRule
{
    /// <returns>Null when it may; otherwise why not.</returns>
    public static string? Refusal(bool exists, bool isEmpty, bool force, string? reason) =>
        (exists && !isEmpty, force, string.IsNullOrWhiteSpace(reason)) switch
        {
            (false, _, _) => null,
            (true, false, _) => "the database is in use: what was written since the backup would no longer be in it",
            (true, true, true) => "the database is in use, and no reason was given for replacing it",
            _ => null,
        };
}
