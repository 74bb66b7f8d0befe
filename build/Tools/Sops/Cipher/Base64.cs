namespace Slipway.Tools;

/// <summary>Standard base64 as it must stand in a file: no white space, padded or, for age, without padding.</summary>
internal static class Base64
{
    public static byte[]? Read(string text)
    {
        if (text.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>As age demands it: without padding, and in the one canonical form.</summary>
    public static byte[]? ReadUnpadded(string text) =>
        !text.Contains('=')
        && Read(text.PadRight((text.Length + 3) / 4 * 4, '=')) is { } bytes
        && WriteUnpadded(bytes) == text
            ? bytes
            : null;

    public static string WriteUnpadded(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');
}
