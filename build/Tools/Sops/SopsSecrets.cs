using System.Collections.Immutable;
using System.Text;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <param name="Sealed">The ciphertext as it stands in the file, when there is one for this value alone.</param>
internal sealed record SopsSecret(string Name, SecretState State, Secret Value, string? Sealed);

/// <summary>A SOPS file as a flat list of secrets: what the environments' <c>secrets.enc</c> is, in whatever format.</summary>
internal static class SopsSecrets
{
    private const string IniDefault = "DEFAULT";

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>What can be said without a key.</summary>
    public static SecretsInspection Inspect(SopsDocument document) =>
        Inspection(
            document,
            document.Format == SopsFormat.Binary
                ? null
                :
                [
                    .. Entries(document, document.Branches)
                        .Select(entry => new SecretEntry(entry.Key, Seen(document, entry))),
                ]
        );

    /// <summary>The same with the key: values of binary files have names now, and types are known.</summary>
    public static SecretsInspection Inspect(SopsDocument document, ImmutableArray<SopsSecret> secrets) =>
        Inspection(document, [.. secrets.Select(secret => new SecretEntry(secret.Name, secret.State))]);

    /// <exception cref="SopsException">A value or the MAC is not what it was, or the payload is no list of secrets.</exception>
    public static ImmutableArray<SopsSecret> Decrypt(SopsDocument document, SopsDataKey key)
    {
        var plain = SopsDecryption.Run(document, key);
        if (document.Format == SopsFormat.Binary)
        {
            var payload = (SopsLeaf)plain[0].Entries[0].Value;
            return [.. Payload(payload).Entries.Select(entry => Opened(entry, State(entry.Value), null))];
        }

        var before = Entries(document, document.Branches);
        return
        [
            .. Entries(document, plain)
                .Select(
                    (entry, at) =>
                        Seen(document, before[at]) == SecretState.Plain
                            ? Opened(entry, SecretState.Plain, null)
                            : Opened(entry, State(entry.Value), Kept(document, before[at].Value))
                ),
        ];
    }

    private static SecretsInspection Inspection(SopsDocument document, ImmutableArray<SecretEntry>? entries) =>
        new(
            document.Format.ToString().ToLowerInvariant(),
            [.. document.Metadata.AgeKeys.Select(key => key.Recipient)],
            document.Metadata.OtherKeySources,
            document.Metadata.MacOnlyEncrypted,
            entries,
            document.Metadata.LastModified
        );

    /// <summary>The top level of all documents; of INI, what stands before the first section, and sections as they are.</summary>
    private static ImmutableArray<SopsEntry> Entries(SopsDocument document, ImmutableArray<SopsMap> branches) =>
        [
            .. branches
                .SelectMany(branch => branch.Entries)
                .SelectMany(entry =>
                    document.Format == SopsFormat.Ini && entry is { Key: IniDefault, Value: SopsMap section }
                        ? section.Entries
                        : [entry]
                ),
        ];

    private static SecretState Seen(SopsDocument document, SopsEntry entry) =>
        entry.Value switch
        {
            SopsLeaf { IsEmpty: true } => SecretState.Empty,
            SopsLeaf { Kind: SopsKind.Text } leaf
                when SopsCiphertext.IsOne(leaf.Reveal()) && document.Metadata.Rule.Encrypts(Path(document, entry)) =>
                SecretState.Present,
            SopsLeaf => SecretState.Plain,
            _ => SecretState.Nested,
        };

    private static IEnumerable<string> Path(SopsDocument document, SopsEntry entry) =>
        document.Format == SopsFormat.Ini ? [IniDefault, entry.Key] : [entry.Key];

    private static SecretState State(SopsNode node) =>
        node switch
        {
            SopsLeaf { IsEmpty: true } => SecretState.Empty,
            SopsLeaf { Kind: SopsKind.Text or SopsKind.Integer } leaf when IsText(leaf.Bytes.Span) =>
                SecretState.Present,
            SopsLeaf => SecretState.NotText,
            _ => SecretState.Nested,
        };

    /// <summary>A ciphertext is bound to its path; only in a section of INI is that not the name alone.</summary>
    private static string? Kept(SopsDocument document, SopsNode value) =>
        document.Format == SopsFormat.Ini ? null : (value as SopsLeaf)?.Reveal();

    private static SopsSecret Opened(SopsEntry entry, SecretState state, string? sealedText) =>
        new(entry.Key, state, new Secret(entry.Value is SopsLeaf leaf ? leaf.Reveal() : ""), sealedText);

    /// <summary>The plaintext of a binary file: JSON, dotenv or YAML.</summary>
    private static SopsMap Payload(SopsLeaf payload)
    {
        if (!IsText(payload.Bytes.Span))
        {
            throw new SopsException(SopsRefusal.Parse, "the decrypted content is not text", "NAME=value lines");
        }

        try
        {
            var text = payload.Reveal().ReplaceLineEndings("\n");
            return PayloadOf(text);
        }
        catch (SopsException exception)
        {
            throw new SopsException(
                exception.Refusal,
                $"the decrypted content is no list of secrets: {exception.Message}",
                "NAME=value lines, or a JSON object"
            );
        }
    }

    private static SopsMap PayloadOf(string text)
    {
        if (text.AsSpan().TrimStart().StartsWith("{"))
        {
            return JsonStore.Parse(text);
        }

        var first = text.Split('\n').FirstOrDefault(line => line.Length > 0 && line[0] != '#') ?? "";
        var name = first.Split('=')[0];
        if (first.Length == 0 || (name.Length < first.Length && !name.Contains(':', StringComparison.Ordinal)))
        {
            return new SopsMap([
                .. DotenvStore.Lines(text).Select(line => new SopsEntry(line.Key, SopsLeaf.Text(line.Value))),
            ]);
        }

        return YamlStore.Parse(text) is [var only]
            ? only
            : throw new SopsException(SopsRefusal.Parse, "it holds several YAML documents");
    }

    /// <summary>No NUL: a variable of a child ends there.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
        {
            return false;
        }

        try
        {
            _ = Strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
