using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Backups;

namespace Slipway.Records;

/// <summary>A restore as the ledger keeps it: who replaced which database by which backup, when and why.</summary>
public sealed record RestoreRecord
{
    private const string Prefix = "restore-";
    private const string Stamp = "yyyyMMdd-HHmmss";

    /// <summary><c>restore-yyyyMMdd-HHmmss-&lt;first 6 of the commit&gt;</c>, UTC.</summary>
    [JsonPropertyName("restore_id")]
    public required string RestoreId { get; init; }

    [JsonPropertyName("timestamp")]
    public required DateTimeOffset Timestamp { get; init; }

    [JsonPropertyName("environment")]
    public required string Environment { get; init; }

    [JsonPropertyName("restored_by")]
    public required string RestoredBy { get; init; }

    /// <summary>Null where nothing was replaced, and nobody was asked.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>What was deployed at the time; the tag object of the entry points at it.</summary>
    [JsonPropertyName("git_sha")]
    public required string GitSha { get; init; }

    /// <summary>The rollback that the restore was part of; null for one by itself.</summary>
    [JsonPropertyName("deployment_id")]
    public string? DeploymentId { get; init; }

    [JsonPropertyName("backup_id")]
    public required string BackupId { get; init; }

    [JsonPropertyName("location")]
    public required string Location { get; init; }

    [JsonPropertyName("database")]
    public required string Database { get; init; }

    /// <summary>Name under which the database that was in use is kept; null when there was none.</summary>
    [JsonPropertyName("replaced_database")]
    public string? ReplacedDatabase { get; init; }

    [JsonPropertyName("tables_compared")]
    public int TablesCompared { get; init; }

    [JsonPropertyName("rows_compared")]
    public long RowsCompared { get; init; }

    [JsonPropertyName("restore_seconds")]
    public double RestoreSeconds { get; init; }

    [JsonPropertyName("swap_seconds")]
    public double SwapSeconds { get; init; }

    public static RestoreRecord Compose(
        RestoreResult result,
        string environment,
        string by,
        string gitSha,
        string? deploymentId,
        DateTimeOffset now
    ) =>
        new()
        {
            RestoreId = $"{Prefix}{now.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}-{gitSha[..6]}",
            Timestamp = now,
            Environment = environment,
            RestoredBy = by,
            Reason = result.ForceReason,
            GitSha = gitSha,
            DeploymentId = deploymentId,
            BackupId = result.BackupId,
            Location = result.Location,
            Database = result.Database,
            ReplacedDatabase = result.ReplacedDatabase,
            TablesCompared = result.TablesCompared,
            RowsCompared = result.RowsCompared,
            RestoreSeconds = result.RestoreSeconds,
            SwapSeconds = result.SwapSeconds,
        };

    /// <summary>Part of a ref: nothing else is ever taken for one.</summary>
    public static bool IsId(string? text) =>
        text is { Length: 30 }
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text[23] == '-'
        && text[24..].All(char.IsAsciiHexDigitLower)
        && DateTime.TryParseExact(
            text[Prefix.Length..23],
            Stamp,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out _
        );
}
