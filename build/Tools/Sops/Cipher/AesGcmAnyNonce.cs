using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Slipway.Tools;

/// <summary>
/// AES-GCM with a nonce of any length (NIST SP 800-38D). SOPS uses 32 bytes, and
/// <see cref="System.Security.Cryptography.AesGcm"/> takes 12 only; the block cipher itself is the platform's.
/// </summary>
internal sealed class AesGcmAnyNonce : IDisposable
{
    public const int TagSize = 16;

    private const int Block = 16;
    private const int BatchBlocks = 4096;

    private readonly Aes _aes = Aes.Create();
    private readonly GHash _hash;

    public AesGcmAnyNonce(ReadOnlySpan<byte> key)
    {
        _aes.SetKey(key);
        Span<byte> subkey = stackalloc byte[Block];
        _aes.EncryptEcb(new byte[Block], subkey, PaddingMode.None);
        _hash = new GHash(subkey);
    }

    public byte[] Encrypt(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> plaintext,
        ReadOnlySpan<byte> associated,
        Span<byte> tag
    )
    {
        var counter = InitialCounter(nonce);
        var ciphertext = Stream(counter, plaintext);
        Tag(counter, associated, ciphertext, tag);
        return ciphertext;
    }

    /// <returns>Null when the tag does not belong to nonce, ciphertext and associated data.</returns>
    public byte[]? Decrypt(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> tag
    )
    {
        var counter = InitialCounter(nonce);
        Span<byte> expected = stackalloc byte[TagSize];
        Tag(counter, associated, ciphertext, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag) ? Stream(counter, ciphertext) : null;
    }

    public void Dispose() => _aes.Dispose();

    private byte[] InitialCounter(ReadOnlySpan<byte> nonce)
    {
        var counter = new byte[Block];
        if (nonce.Length == 12)
        {
            nonce.CopyTo(counter);
            counter[^1] = 1;
        }
        else
        {
            _hash.Compute([], nonce, counter, lengthOfFirst: 0);
        }

        return counter;
    }

    private void Tag(byte[] counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> ciphertext, Span<byte> tag)
    {
        _hash.Compute(associated, ciphertext, tag, (ulong)associated.Length);
        Span<byte> mask = stackalloc byte[Block];
        _aes.EncryptEcb(counter, mask, PaddingMode.None);
        for (var i = 0; i < Block; i++)
        {
            tag[i] ^= mask[i];
        }
    }

    /// <summary>Counter mode from the block after the initial one; the last four bytes count and wrap.</summary>
    private byte[] Stream(byte[] counter, ReadOnlySpan<byte> input)
    {
        var output = new byte[input.Length];
        var count = BinaryPrimitives.ReadUInt32BigEndian(counter.AsSpan(12));
        var batch = new byte[Math.Min(BatchBlocks * Block, (input.Length + Block - 1) / Block * Block)];
        for (var at = 0; at < input.Length; at += batch.Length)
        {
            for (var block = 0; block < batch.Length; block += Block)
            {
                counter.AsSpan(0, 12).CopyTo(batch.AsSpan(block));
                BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(block + 12), unchecked(++count));
            }

            var keystream = _aes.EncryptEcb(batch, PaddingMode.None);
            var length = Math.Min(batch.Length, input.Length - at);
            for (var i = 0; i < length; i++)
            {
                output[at + i] = (byte)(input[at + i] ^ keystream[i]);
            }
        }

        return output;
    }
}
