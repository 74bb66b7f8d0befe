using System.Security.Cryptography;
using System.Text;

namespace Slipway.Tools;

/// <summary>An encrypted value as it stands in a file: <c>ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]</c>.</summary>
/// <param name="Type"><c>str</c>, <c>int</c>, <c>float</c>, <c>bool</c>, <c>time</c>, <c>comment</c>: not authenticated.</param>
internal sealed record SopsCiphertext(byte[] Data, byte[] Iv, byte[] Tag, string Type)
{
    private const string Start = "ENC[AES256_GCM,data:";
    private const int IvSize = 32;

    /// <returns>Null when the text is no encrypted value at all.</returns>
    /// <exception cref="SopsException">It is one, but not in base64.</exception>
    public static SopsCiphertext? Parse(string text, string where) =>
        !IsOne(text)
            ? null
            : TryParse(text)
                ?? throw new SopsException(
                    SopsRefusal.BadBase64,
                    $"{where}: the encrypted value is not standard base64"
                );

    /// <returns>Null when the text is no encrypted value, or not in base64.</returns>
    public static SopsCiphertext? TryParse(string text) =>
        Fields(text) is [var data, var iv, var tag, var type]
        && Base64.Read(data) is { } dataBytes
        && Base64.Read(iv) is { } ivBytes
        && Base64.Read(tag) is { } tagBytes
            ? new SopsCiphertext(dataBytes, ivBytes, tagBytes, type)
            : null;

    public static bool IsOne(string text) => Fields(text) is not null;

    public static string Seal(AesGcmAnyNonce key, string text, string associated)
    {
        var iv = RandomNumberGenerator.GetBytes(IvSize);
        Span<byte> tag = stackalloc byte[AesGcmAnyNonce.TagSize];
        var data = key.Encrypt(iv, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(associated), tag);
        return $"{Start}{Convert.ToBase64String(data)},iv:{Convert.ToBase64String(iv)},"
            + $"tag:{Convert.ToBase64String(tag)},type:str]";
    }

    /// <returns>The plaintext; null when key, associated data or any byte of it is not what it was.</returns>
    public byte[]? Open(AesGcmAnyNonce key, string associated) =>
        Iv.Length > 0 && Tag.Length == AesGcmAnyNonce.TagSize
            ? key.Decrypt(Iv, Data, Encoding.UTF8.GetBytes(associated), Tag)
            : null;

    private static string[]? Fields(string text)
    {
        if (!text.StartsWith(Start, StringComparison.Ordinal) || !text.EndsWith(']'))
        {
            return null;
        }

        var parts = text[Start.Length..^1].Split(',');
        return
            parts is [{ Length: > 0 } data, var iv, var tag, var type]
            && Field(iv, "iv:") is { } ivText
            && Field(tag, "tag:") is { } tagText
            && Field(type, "type:") is { } typeText
            ? [data, ivText, tagText, typeText]
            : null;
    }

    private static string? Field(string text, string name) =>
        text.Length > name.Length && text.StartsWith(name, StringComparison.Ordinal) ? text[name.Length..] : null;
}
