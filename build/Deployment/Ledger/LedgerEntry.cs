using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Ledger;

/// <summary>
/// One finished deployment in the history: the message of an annotated tag under
/// <c>refs/deployments/&lt;environment&gt;/&lt;deployment-id&gt;</c>, which is canonical JSON of the record, its number, and
/// the SHA-256 of the message before it.
/// </summary>
/// <param name="Sequence">1 for the first deployment of the environment.</param>
/// <param name="Previous">SHA-256 (lower-case hex) of the message before; null for the first.</param>
/// <param name="Message">Exactly what is hashed.</param>
public sealed record LedgerEntry(int Sequence, string? Previous, DeploymentRecord Record, string Message)
{
    public const string RefPrefix = "refs/deployments/";

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Message)));

    /// <summary>A deployment that was resumed after its failure has an entry for each attempt: history is not rewritten.</summary>
    public string RefName =>
        $"{RefPrefix}{Record.Environment}/{Record.DeploymentId}" + (Record.Attempt > 1 ? $"-attempt-{Record.Attempt}" : "");

    /// <summary>The entry that follows another, or the first one.</summary>
    public static LedgerEntry Append(DeploymentRecord record, LedgerEntry? last)
    {
        if (last is not null && last.Record.Environment != record.Environment)
            throw new PipelineException(
                $"the ledger of {last.Record.Environment} takes no deployment of {record.Environment}",
                "an entry of the same environment"
            );
        var sequence = (last?.Sequence ?? 0) + 1;
        var content = JsonSerializer.Serialize(
            new
            {
                ledger = 1,
                sequence,
                previous = last?.Sha256,
                record = JsonDocument.Parse(StageSerializer.Serialize(record)).RootElement,
            },
            StageSerializer.Options
        );
        return new(sequence, last?.Sha256, record, CanonicalJson.Of(content));
    }

    /// <param name="refName">Where it was found.</param>
    /// <param name="message">The tag's message; the line end that git adds is no part of it.</param>
    /// <exception cref="PipelineException">Not an entry as the pipeline writes them.</exception>
    public static LedgerEntry Parse(string refName, string message)
    {
        var text = message.TrimEnd('\n', '\r');
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (CanonicalJson.Of(text) != text)
                throw Refused(refName, "is not written as the pipeline writes it");
            var record = root.GetProperty("record");
            var entry = new LedgerEntry(
                root.GetProperty("sequence").GetInt32(),
                root.GetProperty("previous").GetString(),
                StageSerializer.Deserialize<DeploymentRecord>(
                    record.GetRawText(),
                    record.GetProperty("deploymentId").GetString() ?? ""
                ),
                text
            );
            return entry.RefName == refName && DeploymentId.IsValid(entry.Record.DeploymentId)
                ? entry
                : throw Refused(refName, $"is about {QuotedText.Plain(entry.RefName)}");
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Refused(refName, "is no ledger entry", exception);
        }
    }

    private static PipelineException Refused(string refName, string problem, Exception? inner = null) =>
        new(
            $"{QuotedText.Plain(refName)} {problem}",
            "an unchanged entry of the ledger",
            "./build.sh --target=Status --verify",
            inner
        );
}
