using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Slipway.Tools;

/// <summary>The key of one file: 32 random bytes that the recipients hold in envelopes. Prints nothing of it.</summary>
public sealed class SopsDataKey
{
    internal const int Size = 32;

    private readonly byte[] _bytes;

    internal SopsDataKey(byte[] bytes) => _bytes = bytes;

    public override string ToString() => "data key ***";

    internal static SopsDataKey Generate() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Opens the file's data key with identities at hand, natively.</summary>
    /// <returns>Null when none of them opens any envelope.</returns>
    internal static SopsDataKey? Open(ImmutableArray<SopsAgeKey> envelopes, ImmutableArray<AgeIdentity> identities) =>
        envelopes
            .Select(envelope => AgeArmor.Read(envelope.Envelope) is { } file ? AgeFile.Open(file, identities) : null)
            .OfType<byte[]>()
            .Where(bytes => bytes.Length == Size)
            .Select(bytes => new SopsDataKey(bytes))
            .FirstOrDefault();

    internal SopsAgeKey For(AgeRecipient recipient) =>
        new(recipient.Text, AgeArmor.Write(AgeFile.Seal(_bytes, recipient)));

    internal AesGcmAnyNonce Cipher() => new(_bytes);
}
