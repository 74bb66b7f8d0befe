using System.Text;

namespace Slipway.Tools;

/// <summary>age's strict PEM: standard base64 in lines of 64 between two marks.</summary>
internal static class AgeArmor
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----";
    private const string End = "-----END AGE ENCRYPTED FILE-----";
    private const int LineLength = 64;

    public static string Write(ReadOnlySpan<byte> file)
    {
        var text = new StringBuilder(Begin).Append('\n');
        foreach (var line in Convert.ToBase64String(file).Chunk(LineLength))
        {
            text.Append(line).Append('\n');
        }

        return text.Append(End).Append('\n').ToString();
    }

    /// <returns>Null when this is no armored age file.</returns>
    public static byte[]? Read(string armor)
    {
        var lines = armor.ReplaceLineEndings("\n").Trim().Split('\n');
        if (lines.Length < 3 || lines[0] != Begin || lines[^1] != End)
        {
            return null;
        }

        var body = lines[1..^1];
        if (body[..^1].Any(line => line.Length != LineLength) || body[^1].Length is 0 or > LineLength)
        {
            return null;
        }

        return Base64.Read(string.Concat(body));
    }
}
