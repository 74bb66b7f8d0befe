using System.Security.Cryptography;
using System.Text;

namespace Slipway.Tools;

/// <summary>The digest over all plaintext leaves in document order that a file's MAC seals.</summary>
internal sealed class SopsMac : IDisposable
{
    /// <summary>What the digest starts with when it covers encrypted values only (SHA-256 of the feature's name).</summary>
    private static ReadOnlySpan<byte> OnlyEncryptedStart =>
        [
            0x8a,
            0x3f,
            0xd2,
            0xad,
            0x54,
            0xce,
            0x66,
            0x52,
            0x7b,
            0x10,
            0x34,
            0xf3,
            0xd1,
            0x47,
            0xbe,
            0x0b,
            0x0b,
            0x97,
            0x5b,
            0x3b,
            0xf4,
            0x4f,
            0x72,
            0xc6,
            0xfd,
            0xad,
            0xec,
            0x81,
            0x76,
            0xf2,
            0x7d,
            0x69,
        ];

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private readonly bool _onlyEncrypted;

    public SopsMac(bool onlyEncrypted)
    {
        _onlyEncrypted = onlyEncrypted;
        if (onlyEncrypted)
        {
            _hash.AppendData(OnlyEncryptedStart);
        }
    }

    public void Add(ReadOnlySpan<byte> plaintext, bool encrypted)
    {
        if (encrypted || !_onlyEncrypted)
        {
            _hash.AppendData(plaintext);
        }
    }

    /// <summary>Upper-case hexadecimal digits: the text that is sealed.</summary>
    public string Digest() => Convert.ToHexString(_hash.GetHashAndReset());

    /// <exception cref="SopsException">No MAC, one that does not open, or one over other values.</exception>
    public void Verify(SopsMetadata metadata, AesGcmAnyNonce key)
    {
        if (metadata.Mac.Length == 0)
        {
            throw new SopsException(SopsRefusal.MacMissing, "the file has no MAC: nothing shows that it is whole");
        }

        var stored = SopsCiphertext.TryParse(metadata.Mac)?.Open(key, metadata.LastModified);
        if (stored is null)
        {
            throw new SopsException(
                SopsRefusal.MacUnreadable,
                "the file's MAC does not open: sops.mac or sops.lastmodified was changed"
            );
        }

        if (!CryptographicOperations.FixedTimeEquals(stored, Encoding.ASCII.GetBytes(Digest())))
        {
            throw new SopsException(
                SopsRefusal.MacMismatch,
                "the file's MAC does not belong to its values: some were removed, added, moved or changed",
                next: "take the file from the last good commit and make the change again with --set or --remove"
            );
        }
    }

    public void Dispose() => _hash.Dispose();
}
