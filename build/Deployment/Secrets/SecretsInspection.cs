using System.Collections.Immutable;

namespace Slipway.Secrets;

/// <summary>What stands under a name of a secrets file.</summary>
public enum SecretState
{
    /// <summary>A value: encrypted, and of text when it has been decrypted.</summary>
    Present,

    /// <summary>Nothing. SOPS encrypts no empty value, and its MAC does not notice one that was added.</summary>
    Empty,

    /// <summary>A value in plain text.</summary>
    Plain,

    /// <summary>A map or a list: secrets are flat.</summary>
    Nested,

    /// <summary>A boolean, a time, a fraction or bytes: what a child would get is not what was meant.</summary>
    NotText,
}

public sealed record SecretEntry(string Name, SecretState State);

/// <summary>What a secrets file shows, before or after it is decrypted. Never a value.</summary>
/// <param name="Format"><c>binary</c>, <c>json</c>, <c>dotenv</c>, <c>ini</c>, <c>yaml</c>.</param>
/// <param name="Recipients">age recipients that hold the data key, as the file says.</param>
/// <param name="OtherKeySources">Key services beside age that hold it too, e.g. <c>kms</c>, <c>pgp</c>.</param>
/// <param name="MacOnlyEncrypted">Whether the MAC leaves plain values out.</param>
/// <param name="Entries">In file order; null while a binary file hides them.</param>
/// <param name="LastModified">RFC 3339.</param>
public sealed record SecretsInspection(
    string Format,
    ImmutableArray<string> Recipients,
    ImmutableArray<string> OtherKeySources,
    bool MacOnlyEncrypted,
    ImmutableArray<SecretEntry>? Entries,
    string LastModified
);
