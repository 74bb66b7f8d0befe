namespace Slipway.Tools;

/// <summary>The text form of age's keys (BIP 173, without its limit of length).</summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /// <returns>Null when the text is not bech32 with this prefix, or its checksum is wrong.</returns>
    /// <param name="text">All lower or all upper case.</param>
    /// <param name="prefix">Lower case.</param>
    public static byte[]? Decode(string text, string prefix)
    {
        var lower = text.ToLowerInvariant();
        if (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper))
        {
            return null;
        }

        var separator = lower.LastIndexOf('1');
        if (separator < 1 || lower[..separator] != prefix || lower.Length - separator - 1 < 6)
        {
            return null;
        }

        var values = lower[(separator + 1)..].Select(letter => Alphabet.IndexOf(letter)).ToArray();
        return values.Contains(-1) || Checksum(prefix, values) != 1 ? null : Regroup(values[..^6]);
    }

    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var values = Ungroup(data);
        var checksum = Checksum(prefix, [.. values, 0, 0, 0, 0, 0, 0]) ^ 1;
        var tail = Enumerable.Range(0, 6).Select(i => (int)((checksum >> (5 * (5 - i))) & 31));
        return prefix + "1" + string.Concat(values.Concat(tail).Select(value => Alphabet[value]));
    }

    private static uint Checksum(string prefix, IEnumerable<int> values)
    {
        ReadOnlySpan<uint> generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        uint checksum = 1;
        foreach (
            var value in prefix
                .Select(letter => letter >> 5)
                .Append(0)
                .Concat(prefix.Select(l => l & 31))
                .Concat(values)
        )
        {
            var top = checksum >> 25;
            checksum = ((checksum & 0x1ffffff) << 5) ^ (uint)value;
            for (var i = 0; i < 5; i++)
            {
                checksum ^= ((top >> i) & 1) == 1 ? generator[i] : 0;
            }
        }

        return checksum;
    }

    /// <summary>Five bits to eight; what is left over must be less than five bits, all zero.</summary>
    private static byte[]? Regroup(int[] values)
    {
        var bytes = new List<byte>(values.Length * 5 / 8);
        var (buffer, bits) = (0, 0);
        foreach (var value in values)
        {
            buffer = ((buffer << 5) | value) & 0xfff;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return bits < 5 && (buffer & ((1 << bits) - 1)) == 0 ? [.. bytes] : null;
    }

    private static List<int> Ungroup(ReadOnlySpan<byte> data)
    {
        var values = new List<int>((data.Length * 8 / 5) + 1);
        var (buffer, bits) = (0, 0);
        foreach (var value in data)
        {
            buffer = ((buffer << 8) | value) & 0xfff;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                values.Add((buffer >> bits) & 31);
            }
        }

        if (bits > 0)
        {
            values.Add((buffer << (5 - bits)) & 31);
        }

        return values;
    }
}
