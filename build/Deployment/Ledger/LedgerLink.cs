using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Ledger;

/// <summary>A link of an environment's history, of whichever kind: what is needed to see that nobody changed it.</summary>
/// <param name="Sequence">1 for the first one of the environment.</param>
/// <param name="Previous">SHA-256 (lower-case hex) of the message before; null for the first.</param>
/// <param name="Message">Exactly what is hashed.</param>
public abstract record LedgerLink(int Sequence, string? Previous, string Message)
{
    public const string RefPrefix = "refs/deployments/";

    public abstract string Environment { get; }

    /// <summary>Last part of the ref, unique in the environment.</summary>
    public abstract string Name { get; }

    public abstract DateTimeOffset Timestamp { get; }

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Message)));

    public string RefName => $"{RefPrefix}{Environment}/{Name}";

    /// <param name="refName">Where it was found.</param>
    /// <param name="message">The tag's message; the line end that git adds is no part of it.</param>
    /// <exception cref="PipelineException">Not a link as the pipeline writes them.</exception>
    public static LedgerLink Parse(string refName, string message)
    {
        var text = message.TrimEnd('\n', '\r');
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (CanonicalJson.Of(text) != text)
                throw Refused(refName, "is not written as the pipeline writes it");
            var sequence = root.GetProperty("sequence").GetInt32();
            var previous = root.GetProperty("previous").GetString();
            LedgerLink link = root.GetProperty("ledger").GetInt32() switch
            {
                LedgerEntry.Version => LedgerEntry.Read(sequence, previous, root, text),
                RestoreEntry.Version => RestoreEntry.Read(sequence, previous, root, text),
                var other => throw Refused(refName, $"has the version {other}, which this program does not know"),
            };
            return link.RefName == refName
                ? link
                : throw Refused(refName, $"is about {QuotedText.Plain(link.RefName)}");
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Refused(refName, "is no ledger entry", exception);
        }
    }

    private protected static (int Sequence, string Message) Next(
        LedgerLink? last,
        string environment,
        int version,
        string kind,
        JsonElement content
    )
    {
        if (last is not null && last.Environment != environment)
            throw new PipelineException(
                $"the ledger of {last.Environment} takes nothing of {environment}",
                "an entry of the same environment"
            );
        var sequence = (last?.Sequence ?? 0) + 1;
        var members = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["ledger"] = version,
            ["sequence"] = sequence,
            ["previous"] = last?.Sha256,
            [kind] = content,
        };
        return (sequence, CanonicalJson.Of(JsonSerializer.Serialize(members, StageSerializer.Options)));
    }

    private static PipelineException Refused(string refName, string problem, Exception? inner = null) =>
        new(
            $"{QuotedText.Plain(refName)} {problem}",
            "an unchanged entry of the ledger",
            "./build.sh --target=Status --verify",
            inner
        );
}
