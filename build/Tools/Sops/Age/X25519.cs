using System.Security.Cryptography;

namespace Slipway.Tools;

/// <summary>
/// Diffie-Hellman on Curve25519 (RFC 7748). The platform offers none. The ladder takes the same steps for every scalar:
/// bits choose by masks, never by branch or index.
/// </summary>
internal static class X25519
{
    public const int Size = 32;

    private static ReadOnlySpan<byte> BasePoint =>
        [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static byte[] PublicKey(ReadOnlySpan<byte> scalar) => Multiply(scalar, BasePoint);

    /// <returns>The shared value; all zero for a point of small order, which the caller must refuse.</returns>
    public static byte[] Multiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point)
    {
        Span<byte> clamped = stackalloc byte[Size];
        scalar.CopyTo(clamped);
        clamped[0] &= 248;
        clamped[31] &= 127;
        clamped[31] |= 64;

        var x1 = Field25519.FromBytes(point);
        var x2 = Field25519.One;
        var z2 = Field25519.Zero;
        var x3 = x1;
        var z3 = Field25519.One;
        ulong swap = 0;
        for (var bit = 254; bit >= 0; bit--)
        {
            var current = (ulong)(clamped[bit >> 3] >> (bit & 7)) & 1;
            swap ^= current;
            Field25519.Swap(swap, ref x2, ref x3);
            Field25519.Swap(swap, ref z2, ref z3);
            swap = current;

            var a = x2 + z2;
            var b = x2 - z2;
            var aa = a * a;
            var bb = b * b;
            var e = aa - bb;
            var da = (x3 - z3) * a;
            var cb = (x3 + z3) * b;
            var sum = da + cb;
            var difference = da - cb;
            x3 = sum * sum;
            z3 = x1 * (difference * difference);
            x2 = aa * bb;
            z2 = e * (aa + e.Times(121665));
        }

        Field25519.Swap(swap, ref x2, ref x3);
        Field25519.Swap(swap, ref z2, ref z3);
        CryptographicOperations.ZeroMemory(clamped);
        return (x2 * z2.Invert()).ToBytes();
    }
}
