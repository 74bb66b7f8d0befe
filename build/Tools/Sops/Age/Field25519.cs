using System.Buffers.Binary;

namespace Slipway.Tools;

/// <summary>An element of the field modulo 2^255 - 19, as five limbs of 51 bits (loosely reduced between operations).</summary>
internal readonly struct Field25519(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
{
    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong _0 = l0;
    private readonly ulong _1 = l1;
    private readonly ulong _2 = l2;
    private readonly ulong _3 = l3;
    private readonly ulong _4 = l4;

    public static Field25519 Zero => default;

    public static Field25519 One => new(1, 0, 0, 0, 0);

    public static Field25519 operator +(Field25519 a, Field25519 b) =>
        Carry(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    /// <summary>Adds twice the prime first, so that no limb goes below zero.</summary>
    public static Field25519 operator -(Field25519 a, Field25519 b) =>
        Carry(
            a._0 + 0xFFFFFFFFFFFDA - b._0,
            a._1 + 0xFFFFFFFFFFFFE - b._1,
            a._2 + 0xFFFFFFFFFFFFE - b._2,
            a._3 + 0xFFFFFFFFFFFFE - b._3,
            a._4 + 0xFFFFFFFFFFFFE - b._4
        );

    public static Field25519 operator *(Field25519 a, Field25519 b)
    {
        // What overflows 2^255 comes back times 19.
        var b1 = b._1 * 19;
        var b2 = b._2 * 19;
        var b3 = b._3 * 19;
        var b4 = b._4 * 19;
        var r0 = Product(a._0, b._0) + Product(a._1, b4) + Product(a._2, b3) + Product(a._3, b2) + Product(a._4, b1);
        var r1 = Product(a._0, b._1) + Product(a._1, b._0) + Product(a._2, b4) + Product(a._3, b3) + Product(a._4, b2);
        var r2 =
            Product(a._0, b._2) + Product(a._1, b._1) + Product(a._2, b._0) + Product(a._3, b4) + Product(a._4, b3);
        var r3 =
            Product(a._0, b._3) + Product(a._1, b._2) + Product(a._2, b._1) + Product(a._3, b._0) + Product(a._4, b4);
        var r4 =
            Product(a._0, b._4) + Product(a._1, b._3) + Product(a._2, b._2) + Product(a._3, b._1) + Product(a._4, b._0);
        return Reduce(r0, r1, r2, r3, r4);
    }

    public Field25519 Times(ulong small) =>
        Reduce(Product(_0, small), Product(_1, small), Product(_2, small), Product(_3, small), Product(_4, small));

    /// <summary>By Fermat: the power 2^255 - 21, whose bits are all one but bits 2 and 4.</summary>
    public Field25519 Invert()
    {
        var result = One;
        for (var bit = 254; bit >= 0; bit--)
        {
            result *= result;
            if (bit is not (2 or 4))
            {
                result *= this;
            }
        }

        return result;
    }

    /// <summary>Exchanges both when the bit is one, touching the same memory either way.</summary>
    public static void Swap(ulong bit, ref Field25519 a, ref Field25519 b)
    {
        var mask = 0 - bit;
        var (d0, d1, d2) = ((a._0 ^ b._0) & mask, (a._1 ^ b._1) & mask, (a._2 ^ b._2) & mask);
        var (d3, d4) = ((a._3 ^ b._3) & mask, (a._4 ^ b._4) & mask);
        a = new(a._0 ^ d0, a._1 ^ d1, a._2 ^ d2, a._3 ^ d3, a._4 ^ d4);
        b = new(b._0 ^ d0, b._1 ^ d1, b._2 ^ d2, b._3 ^ d3, b._4 ^ d4);
    }

    /// <summary>Little endian; the top bit is ignored, as RFC 7748 demands.</summary>
    public static Field25519 FromBytes(ReadOnlySpan<byte> bytes)
    {
        var w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new(
            w0 & Mask,
            ((w0 >> 51) | (w1 << 13)) & Mask,
            ((w1 >> 38) | (w2 << 26)) & Mask,
            ((w2 >> 25) | (w3 << 39)) & Mask,
            (w3 >> 12) & Mask
        );
    }

    /// <summary>The one canonical form, little endian.</summary>
    public byte[] ToBytes()
    {
        // Two carries bring every limb under 2^51; then the prime comes off once when the value still reaches it.
        var v = Carry(_0, _1, _2, _3, _4);
        v = Carry(v._0, v._1, v._2, v._3, v._4);
        var quotient = (v._0 + 19) >> 51;
        quotient = (v._1 + quotient) >> 51;
        quotient = (v._2 + quotient) >> 51;
        quotient = (v._3 + quotient) >> 51;
        quotient = (v._4 + quotient) >> 51;
        var t0 = v._0 + (19 * quotient);
        var t1 = v._1 + (t0 >> 51);
        var t2 = v._2 + (t1 >> 51);
        var t3 = v._3 + (t2 >> 51);
        var t4 = (v._4 + (t3 >> 51)) & Mask;
        (t0, t1, t2, t3) = (t0 & Mask, t1 & Mask, t2 & Mask, t3 & Mask);
        var bytes = new byte[X25519.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, t0 | (t1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (t1 >> 13) | (t2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (t2 >> 26) | (t3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), (t3 >> 39) | (t4 << 12));
        return bytes;
    }

    private static UInt128 Product(ulong a, ulong b) => (UInt128)a * b;

    private static Field25519 Carry(ulong r0, ulong r1, ulong r2, ulong r3, ulong r4)
    {
        r1 += r0 >> 51;
        r2 += r1 >> 51;
        r3 += r2 >> 51;
        r4 += r3 >> 51;
        return new((r0 & Mask) + (19 * (r4 >> 51)), r1 & Mask, r2 & Mask, r3 & Mask, r4 & Mask);
    }

    private static Field25519 Reduce(UInt128 r0, UInt128 r1, UInt128 r2, UInt128 r3, UInt128 r4)
    {
        r1 += r0 >> 51;
        r2 += r1 >> 51;
        r3 += r2 >> 51;
        r4 += r3 >> 51;
        var low = (ulong)r0 & Mask;
        var back = low + (19 * (ulong)(r4 >> 51));
        return Carry(back, (ulong)r1 & Mask, (ulong)r2 & Mask, (ulong)r3 & Mask, (ulong)r4 & Mask);
    }
}
