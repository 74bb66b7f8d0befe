using System.Security.Cryptography;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>An age X25519 identity, <c>AGE-SECRET-KEY-1…</c>: what decrypts. Prints as its recipient.</summary>
public sealed class AgeIdentity
{
    internal const string Start = "AGE-SECRET-KEY-1";

    private const string Prefix = "age-secret-key-";

    private readonly byte[] _scalar;

    private AgeIdentity(byte[] scalar)
    {
        _scalar = scalar;
        Recipient = AgeRecipient.Of(X25519.PublicKey(scalar));
    }

    /// <summary>Whom to encrypt for, so that this identity can read it.</summary>
    public AgeRecipient Recipient { get; }

    internal ReadOnlySpan<byte> Scalar => _scalar;

    public static AgeIdentity Generate() => new(RandomNumberGenerator.GetBytes(X25519.Size));

    /// <returns>Null when the text is no X25519 identity.</returns>
    public static AgeIdentity? TryParse(string text) =>
        text.StartsWith(Start, StringComparison.Ordinal) && Bech32.Decode(text, Prefix) is { Length: X25519.Size } key
            ? new AgeIdentity(key)
            : null;

    /// <summary>The line that belongs into a key file.</summary>
    public Secret ToSecret() => new(Bech32.Encode(Prefix, _scalar).ToUpperInvariant());

    public override string ToString() => $"identity of {Recipient}";
}
