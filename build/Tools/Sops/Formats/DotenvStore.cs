using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>dotenv as SOPS reads it: nothing trimmed, nothing unquoted, <c>\n</c> for a line feed.</summary>
internal static class DotenvStore
{
    private const string Prefix = "sops_";

    public static SopsDocument Parse(string text)
    {
        var lines = Lines(text);
        var metadata = lines
            .Where(line => line.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(line => KeyValuePair.Create(line.Key[Prefix.Length..], line.Value))
            .ToList();
        if (metadata.Count == 0)
        {
            throw SopsMetadata.NotThere();
        }

        var branch = new SopsMap([
            .. lines
                .Where(line => !line.Key.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(line => new SopsEntry(line.Key, SopsLeaf.Text(line.Value))),
        ]);
        return new SopsDocument(SopsFormat.Dotenv, [branch], SopsMetadata.Parse(FlatMetadata.Unflatten(metadata)));
    }

    /// <summary>Keys and values in order.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Lines(string text)
    {
        var lines = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new SopsException(SopsRefusal.Parse, $"line {number} is neither NAME=value nor a # comment");
            }

            var value = line[(equals + 1)..].Replace(@"\n", "\n", StringComparison.Ordinal);
            lines.Add(KeyValuePair.Create(line[..equals], value));
        }

        return lines.ToImmutable();
    }
}
