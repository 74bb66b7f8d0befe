using System.Buffers.Binary;

namespace Slipway.Tools;

/// <summary>The universal hash of GCM over GF(2^128), NIST SP 800-38D 6.4. No branch and no index depends on data.</summary>
internal sealed class GHash
{
    private const ulong Reduction = 0xE100000000000000;

    private readonly ulong _high;
    private readonly ulong _low;

    public GHash(ReadOnlySpan<byte> subkey)
    {
        _high = BinaryPrimitives.ReadUInt64BigEndian(subkey);
        _low = BinaryPrimitives.ReadUInt64BigEndian(subkey[8..]);
    }

    /// <summary>Hashes both parts, each padded to whole blocks, then the block of their lengths in bits.</summary>
    /// <param name="lengthOfFirst">Bytes; named apart because the hash of a nonce writes zero there.</param>
    public void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> result, ulong lengthOfFirst)
    {
        ulong high = 0;
        ulong low = 0;
        Absorb(first, ref high, ref low);
        Absorb(second, ref high, ref low);
        high ^= lengthOfFirst * 8;
        low ^= (ulong)second.Length * 8;
        Multiply(ref high, ref low);
        BinaryPrimitives.WriteUInt64BigEndian(result, high);
        BinaryPrimitives.WriteUInt64BigEndian(result[8..], low);
    }

    private void Absorb(ReadOnlySpan<byte> data, ref ulong high, ref ulong low)
    {
        Span<byte> block = stackalloc byte[16];
        for (var at = 0; at < data.Length; at += 16)
        {
            block.Clear();
            data[at..Math.Min(at + 16, data.Length)].CopyTo(block);
            high ^= BinaryPrimitives.ReadUInt64BigEndian(block);
            low ^= BinaryPrimitives.ReadUInt64BigEndian(block[8..]);
            Multiply(ref high, ref low);
        }
    }

    private void Multiply(ref ulong high, ref ulong low)
    {
        ulong productHigh = 0;
        ulong productLow = 0;
        var factorHigh = _high;
        var factorLow = _low;
        for (var bit = 0; bit < 128; bit++)
        {
            var selected = bit < 64 ? high >> (63 - bit) : low >> (127 - bit);
            var take = 0 - (selected & 1);
            productHigh ^= factorHigh & take;
            productLow ^= factorLow & take;
            var reduce = 0 - (factorLow & 1);
            factorLow = (factorLow >> 1) | (factorHigh << 63);
            factorHigh = (factorHigh >> 1) ^ (Reduction & reduce);
        }

        high = productHigh;
        low = productLow;
    }
}
