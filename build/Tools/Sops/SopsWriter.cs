using System.Collections.Immutable;
using System.Globalization;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// Text → text. Writes SOPS's JSON format, one line per secret: <c>sops --input-type json</c> reads it, a review shows
/// which names changed, and a value that did not change keeps its ciphertext to the byte. Reads every format: the first
/// change of a file in another one writes it anew as JSON.
/// </summary>
internal static class SopsWriter
{
    /// <summary>The release of SOPS whose format this is.</summary>
    private const string FormatVersion = "3.13.2";

    public static string Init(
        ImmutableArray<AgeRecipient> recipients,
        IEnumerable<KeyValuePair<string, Secret>> values,
        DateTimeOffset now
    )
    {
        var secrets = values
            .OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => new SopsSecret(value.Key, SecretState.Present, value.Value, null));
        return WithNewKey([.. secrets], recipients, now);
    }

    /// <returns>The same text when the value is already there.</returns>
    public static string Set(string text, SopsDataKey key, string name, Secret value, DateTimeOffset now)
    {
        var document = SopsDocument.Parse(text);
        var secrets = SopsSecrets.Decrypt(document, key);
        var changed = new SopsSecret(name, SecretState.Present, value, null);
        var at = secrets.ToList().FindIndex(secret => secret.Name == name);
        if (at < 0)
        {
            var before = secrets.ToList().FindIndex(secret => string.CompareOrdinal(secret.Name, name) > 0);
            return Write(
                secrets.Insert(before < 0 ? secrets.Length : before, changed),
                key,
                document.Metadata.AgeKeys,
                now
            );
        }

        return secrets[at].Value.Equals(value) && secrets[at].State == SecretState.Present
            ? text
            : Write(secrets.SetItem(at, changed), key, document.Metadata.AgeKeys, now);
    }

    /// <returns>The same text when there is no such name.</returns>
    public static string Remove(string text, SopsDataKey key, string name, DateTimeOffset now)
    {
        var document = SopsDocument.Parse(text);
        var secrets = SopsSecrets.Decrypt(document, key);
        var rest = secrets.RemoveAll(secret => secret.Name == name);
        return rest.Length == secrets.Length ? text : Write(rest, key, document.Metadata.AgeKeys, now);
    }

    /// <summary>A new data key for these recipients and nobody else; every value is encrypted anew.</summary>
    public static string Rotate(
        string text,
        SopsDataKey key,
        ImmutableArray<AgeRecipient> recipients,
        DateTimeOffset now
    )
    {
        var secrets = SopsSecrets.Decrypt(SopsDocument.Parse(text), key);
        return WithNewKey([.. secrets.Select(secret => secret with { Sealed = null })], recipients, now);
    }

    private static string WithNewKey(
        ImmutableArray<SopsSecret> secrets,
        ImmutableArray<AgeRecipient> recipients,
        DateTimeOffset now
    )
    {
        var key = SopsDataKey.Generate();
        return Write(secrets, key, [.. recipients.Select(key.For)], now);
    }

    private static string Write(
        ImmutableArray<SopsSecret> secrets,
        SopsDataKey key,
        ImmutableArray<SopsAgeKey> envelopes,
        DateTimeOffset now
    )
    {
        using var cipher = key.Cipher();
        using var mac = new SopsMac(onlyEncrypted: false);
        var entries = ImmutableArray.CreateBuilder<SopsEntry>();
        foreach (var secret in secrets)
        {
            Refuse(secret);
            var value = SopsLeaf.Text(secret.Value.Reveal());
            mac.Add(value.Bytes.Span, encrypted: true);
            entries.Add(
                value.IsEmpty
                    ? new SopsEntry(secret.Name, value)
                    : Entry(
                        secret.Name,
                        secret.Sealed
                            ?? SopsCiphertext.Seal(cipher, value.Reveal(), SopsDocument.Associated([secret.Name]))
                    )
            );
        }

        var modified = now.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var metadata = new SopsMap([
            new SopsEntry("age", new SopsList([.. envelopes.Select(Envelope)])),
            Entry("lastmodified", modified),
            Entry("mac", SopsCiphertext.Seal(cipher, mac.Digest(), modified)),
            Entry(SopsRule.Default.Name, SopsRule.Default.Pattern),
            Entry("version", FormatVersion),
        ]);
        return JsonStore.Write(new SopsMap([.. entries, new SopsEntry(SopsMetadata.Key, metadata)]));
    }

    private static SopsMap Envelope(SopsAgeKey envelope) =>
        new([Entry("enc", envelope.Envelope), Entry("recipient", envelope.Recipient)]);

    private static SopsEntry Entry(string key, string text) => new(key, SopsLeaf.Text(text));

    /// <summary>What this format could not hold as a secret is refused before anything is written.</summary>
    private static void Refuse(SopsSecret secret)
    {
        if (!SecretsDeclaration.IsName(secret.Name))
        {
            throw new SopsException(
                SopsRefusal.Unsupported,
                $"{secret.Name}: no name of a secret",
                "letters, digits and underscores, not ending in _unencrypted"
            );
        }

        if (secret.State is SecretState.Nested or SecretState.NotText)
        {
            throw new SopsException(
                SopsRefusal.Unsupported,
                $"{secret.Name}: not one text, so it cannot be written",
                "a flat list of names and texts",
                "remove it with the program that wrote it"
            );
        }
    }
}
