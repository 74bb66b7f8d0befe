using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Tools;

/// <summary>
/// An age v1 file (age-encryption.org/v1) that holds one short payload for X25519 recipients: what SOPS keeps its data
/// key in. Everything else that age can do is left to the <c>age</c> program.
/// </summary>
internal static class AgeFile
{
    private const string Version = "age-encryption.org/v1";
    private const string WrapInfo = "age-encryption.org/v1/X25519";
    private const int TagSize = 16;
    private const int NonceSize = 16;
    private const int FileKeySize = 16;

    /// <summary>Nonce of the payload's only chunk: counter zero, marked as the last.</summary>
    private static ReadOnlySpan<byte> LastChunk => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    public static byte[] Seal(ReadOnlySpan<byte> payload, AgeRecipient recipient)
    {
        var fileKey = RandomNumberGenerator.GetBytes(FileKeySize);
        var ephemeral = RandomNumberGenerator.GetBytes(X25519.Size);
        var share = X25519.PublicKey(ephemeral);
        var wrapKey = WrapKey(X25519.Multiply(ephemeral, recipient.Key.AsSpan()), share, recipient.Key.AsSpan());
        var body = SealChunk(wrapKey, new byte[12], fileKey);
        var header = $"{Version}\n-> X25519 {Base64.WriteUnpadded(share)}\n{Base64.WriteUnpadded(body)}\n---";
        var mac = HeaderMac(fileKey, header);
        var nonce = RandomNumberGenerator.GetBytes(NonceSize);
        var chunk = SealChunk(PayloadKey(fileKey, nonce), LastChunk, payload);
        CryptographicOperations.ZeroMemory(ephemeral);
        CryptographicOperations.ZeroMemory(fileKey);
        return [.. Encoding.ASCII.GetBytes($"{header} {Base64.WriteUnpadded(mac)}\n"), .. nonce, .. chunk];
    }

    /// <returns>Null when no identity opens it, or it was changed.</returns>
    public static byte[]? Open(ReadOnlySpan<byte> file, ImmutableArray<AgeIdentity> identities)
    {
        if (AgeHeader.Parse(file) is not { } header)
        {
            return null;
        }

        foreach (var identity in identities)
        {
            foreach (var stanza in header.Stanzas.Where(stanza => stanza.IsX25519))
            {
                if (Unwrap(stanza, identity) is { } fileKey)
                {
                    return OpenWith(fileKey, header, file[header.Length..]);
                }
            }
        }

        return null;
    }

    private static byte[]? Unwrap(AgeStanza stanza, AgeIdentity identity)
    {
        var shared = X25519.Multiply(identity.Scalar, stanza.Share);
        if (CryptographicOperations.FixedTimeEquals(shared, new byte[X25519.Size]))
        {
            return null;
        }

        return OpenChunk(WrapKey(shared, stanza.Share, identity.Recipient.Key.AsSpan()), new byte[12], stanza.Body);
    }

    private static byte[]? OpenWith(byte[] fileKey, AgeHeader header, ReadOnlySpan<byte> rest)
    {
        if (
            !CryptographicOperations.FixedTimeEquals(HeaderMac(fileKey, header.Authenticated), header.Mac)
            || rest.Length < NonceSize + TagSize
        )
        {
            return null;
        }

        return OpenChunk(PayloadKey(fileKey, rest[..NonceSize]), LastChunk, rest[NonceSize..]);
    }

    private static byte[] WrapKey(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> share, ReadOnlySpan<byte> recipient) =>
        Derive(shared, [.. share, .. recipient], WrapInfo);

    private static byte[] PayloadKey(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce) =>
        Derive(fileKey, nonce, "payload");

    private static byte[] HeaderMac(ReadOnlySpan<byte> fileKey, string header) =>
        HMACSHA256.HashData(Derive(fileKey, [], "header"), Encoding.ASCII.GetBytes(header));

    private static byte[] Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, string info)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt, Encoding.ASCII.GetBytes(info));
        return derived;
    }

    private static byte[] SealChunk(byte[] key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext)
    {
        using var cipher = new ChaCha20Poly1305(key);
        var sealedChunk = new byte[plaintext.Length + TagSize];
        cipher.Encrypt(nonce, plaintext, sealedChunk.AsSpan(0, plaintext.Length), sealedChunk.AsSpan(plaintext.Length));
        return sealedChunk;
    }

    private static byte[]? OpenChunk(byte[] key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedChunk)
    {
        if (sealedChunk.Length < TagSize)
        {
            return null;
        }

        using var cipher = new ChaCha20Poly1305(key);
        var plaintext = new byte[sealedChunk.Length - TagSize];
        try
        {
            cipher.Decrypt(nonce, sealedChunk[..^TagSize], sealedChunk[^TagSize..], plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
