using System.Security.Cryptography;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

public sealed class AesGcmAnyNonceTests
{
    [TestCase(0, 0)]
    [TestCase(0, 5)]
    [TestCase(1, 0)]
    [TestCase(15, 16)]
    [TestCase(16, 17)]
    [TestCase(17, 1)]
    [TestCase(255, 33)]
    [TestCase(65_535, 20)]
    [TestCase(65_536, 20)]
    [TestCase(65_537, 20)]
    [TestCase(200_001, 20)]
    public void Is_the_platforms_GCM_at_twelve_bytes(int length, int associatedLength)
    {
        var key = Bytes(32, 1);
        var nonce = Bytes(12, 2);
        var plaintext = Bytes(length, 3);
        var associated = Bytes(associatedLength, 4);
        var expected = new byte[length];
        var expectedTag = new byte[16];
        using (var platform = new AesGcm(key, 16))
        {
            platform.Encrypt(nonce, plaintext, expected, expectedTag, associated);
        }

        using var ours = new AesGcmAnyNonce(key);
        var tag = new byte[16];
        ours.Encrypt(nonce, plaintext, associated, tag).ShouldBe(expected);
        tag.ShouldBe(expectedTag);
        ours.Decrypt(nonce, expected, associated, expectedTag).ShouldBe(plaintext);
    }

    /// <summary>Test case 18 of McGrew and Viega, "The Galois/Counter Mode of Operation": a nonce of 60 bytes.</summary>
    [Test]
    public void Hashes_a_long_nonce()
    {
        using var ours = new AesGcmAnyNonce(Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
        var tag = new byte[16];
        var ciphertext = ours.Encrypt(
            Hex(
                "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
                    + "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b"
            ),
            Hex(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
            ),
            Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
            tag
        );
        Convert
            .ToHexStringLower(ciphertext)
            .ShouldBe(
                "5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf4"
                    + "0fc0c3b780f244452da3ebf1c5d82cdea2418997200ef82e44ae7e3f"
            );
        Convert.ToHexStringLower(tag).ShouldBe("a44a8266ee1c8eb0c8b5d4cf5ae9f19a");
    }

    [Test]
    public void Opens_nothing_that_was_changed()
    {
        using var ours = new AesGcmAnyNonce(Bytes(32, 1));
        var nonce = Bytes(32, 2);
        var associated = Bytes(9, 4);
        var tag = new byte[16];
        var ciphertext = ours.Encrypt(nonce, Bytes(40, 3), associated, tag);
        ours.Decrypt(nonce, ciphertext, associated, tag).ShouldBe(Bytes(40, 3));
        foreach (var part in new[] { nonce, ciphertext, associated, tag })
        {
            for (var bit = 0; bit < part.Length * 8; bit++)
            {
                part[bit / 8] ^= (byte)(1 << (bit % 8));
                ours.Decrypt(nonce, ciphertext, associated, tag).ShouldBeNull();
                part[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
