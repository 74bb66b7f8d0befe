using System.Text.Json;
using Slipway.Records;
using Slipway.Runs;

namespace Slipway.Ledger;

/// <summary>
/// A database that was replaced by a backup, in the same chain as the deployments. It is another type, not a deployment
/// with another status: whoever asks what was deployed cannot meet it.
/// </summary>
public sealed record RestoreEntry(int Sequence, string? Previous, RestoreRecord Record, string Message)
    : LedgerLink(Sequence, Previous, Message)
{
    internal const int Version = 2;

    public override string Environment => Record.Environment;

    public override string Name => Record.RestoreId;

    public override DateTimeOffset Timestamp => Record.Timestamp;

    public static RestoreEntry Append(RestoreRecord record, LedgerLink? last)
    {
        var (sequence, message) = Next(
            last,
            record.Environment,
            Version,
            "restore",
            JsonSerializer.SerializeToElement(record, StageSerializer.Options)
        );
        return new(sequence, last?.Sha256, record, message);
    }

    internal static RestoreEntry Read(int sequence, string? previous, JsonElement root, string message)
    {
        var record =
            root.GetProperty("restore").Deserialize<RestoreRecord>(StageSerializer.Options)
            ?? throw new FormatException("no restore");
        return RestoreRecord.IsId(record.RestoreId)
            ? new(sequence, previous, record, message)
            : throw new FormatException("not a restore's id");
    }
}
