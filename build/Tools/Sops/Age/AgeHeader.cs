using System.Collections.Immutable;
using System.Text;

namespace Slipway.Tools;

/// <param name="Arguments">The stanza's type, then its arguments.</param>
internal sealed record AgeStanza(ImmutableArray<string> Arguments, byte[] Body)
{
    public byte[] Share => Arguments.Length == 2 ? Base64.ReadUnpadded(Arguments[1]) ?? [] : [];

    public bool IsX25519 => Arguments[0] == "X25519" && Share.Length == X25519.Size && Body.Length == 32;
}

/// <param name="Authenticated">What the MAC covers: up to and with the three dashes.</param>
/// <param name="Length">Bytes of the whole header; the payload follows.</param>
internal sealed record AgeHeader(ImmutableArray<AgeStanza> Stanzas, string Authenticated, byte[] Mac, int Length)
{
    private const int BodyLine = 64;

    /// <returns>Null when this is no age v1 header.</returns>
    public static AgeHeader? Parse(ReadOnlySpan<byte> file)
    {
        var end = file.IndexOf("\n--- "u8);
        var lineEnd = end < 0 ? -1 : file[(end + 1)..].IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(file[..end]);
        var macLine = Encoding.ASCII.GetString(file.Slice(end + 5, lineEnd - 4));
        var mac = Base64.ReadUnpadded(macLine);
        var lines = text.Split('\n');
        return mac is null || lines[0] != "age-encryption.org/v1" || Stanza(lines[1..]) is not { Length: > 0 } stanzas
            ? null
            : new AgeHeader(stanzas, text + "\n---", mac, end + 1 + lineEnd + 1);
    }

    private static ImmutableArray<AgeStanza>? Stanza(string[] lines)
    {
        var stanzas = ImmutableArray.CreateBuilder<AgeStanza>();
        for (var at = 0; at < lines.Length; )
        {
            if (!lines[at].StartsWith("-> ", StringComparison.Ordinal))
            {
                return null;
            }

            ImmutableArray<string> arguments = [.. lines[at++][3..].Split(' ')];
            var body = new StringBuilder();
            string line;
            do
            {
                if (at == lines.Length || lines[at].Length > BodyLine)
                {
                    return null;
                }

                line = lines[at++];
                body.Append(line);
            } while (line.Length == BodyLine);

            if (Base64.ReadUnpadded(body.ToString()) is not { } bytes)
            {
                return null;
            }

            stanzas.Add(new AgeStanza(arguments, bytes));
        }

        return stanzas.ToImmutable();
    }
}
