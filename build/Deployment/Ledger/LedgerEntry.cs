using System.Text.Json;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Runs;

namespace Slipway.Ledger;

/// <summary>
/// One finished deployment in the history: the message of an annotated tag under
/// <c>refs/deployments/&lt;environment&gt;/&lt;deployment-id&gt;</c>, which is canonical JSON of the record, its number, and
/// the SHA-256 of the message before it.
/// </summary>
public sealed record LedgerEntry(int Sequence, string? Previous, DeploymentRecord Record, string Message)
    : LedgerLink(Sequence, Previous, Message)
{
    internal const int Version = 1;

    public override string Environment => Record.Environment;

    /// <summary>A deployment that was resumed after its failure has an entry for each attempt: history is not rewritten.</summary>
    public override string Name => Record.DeploymentId + (Record.Attempt > 1 ? $"-attempt-{Record.Attempt}" : "");

    public override DateTimeOffset Timestamp => Record.Timestamp;

    /// <summary>The entry that follows another, or the first one.</summary>
    public static LedgerEntry Append(DeploymentRecord record, LedgerLink? last)
    {
        var (sequence, message) = Next(
            last,
            record.Environment,
            Version,
            "record",
            JsonDocument.Parse(StageSerializer.Serialize(record)).RootElement
        );
        return new(sequence, last?.Sha256, record, message);
    }

    internal static LedgerEntry Read(int sequence, string? previous, JsonElement root, string message)
    {
        var record = root.GetProperty("record");
        var id = record.GetProperty("deploymentId").GetString() ?? "";
        return DeploymentId.IsValid(id)
            ? new(sequence, previous, StageSerializer.Deserialize<DeploymentRecord>(record.GetRawText(), id), message)
            : throw new FormatException("not a deployment's id");
    }
}
