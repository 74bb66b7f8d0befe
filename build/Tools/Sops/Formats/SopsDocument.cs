using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>A SOPS file taken apart: its trees (YAML may hold several documents) and its <c>sops</c> part.</summary>
/// <param name="Branches">In document order, without the <c>sops</c> part, still encrypted.</param>
internal sealed record SopsDocument(SopsFormat Format, ImmutableArray<SopsMap> Branches, SopsMetadata Metadata)
{
    /// <summary>More than any secrets file needs; hostile ones end here instead of in memory.</summary>
    private const int MaximumLength = 16 * 1024 * 1024;

    /// <param name="format">Null: the content decides.</param>
    /// <exception cref="SopsException">It is not encrypted, not well-formed, or its metadata are bad.</exception>
    public static SopsDocument Parse(string text, SopsFormat? format = null)
    {
        if (text.Length > MaximumLength)
        {
            throw new SopsException(
                SopsRefusal.Parse,
                $"the file has {text.Length} characters",
                $"at most {MaximumLength}"
            );
        }

        return (format ?? SopsSniffer.Sniff(text)) switch
        {
            SopsFormat.Json or SopsFormat.Binary => Json(text, format),
            SopsFormat.Dotenv => DotenvStore.Parse(text),
            SopsFormat.Ini => IniStore.Parse(text),
            _ => Yaml(text, format),
        };
    }

    /// <summary>What binds a value to its place: the keys on its path, each with a colon; lists add nothing.</summary>
    public static string Associated(IEnumerable<string> path) => string.Concat(path.Select(key => key + ":"));

    private static SopsDocument Json(string text, SopsFormat? format)
    {
        var root = JsonStore.Parse(text);
        var (branch, metadata) = Split(root);
        var isData = branch.Entries is [{ Key: "data", Value: SopsLeaf { Kind: SopsKind.Text } }];
        return format == SopsFormat.Binary && !isData
            ? throw new SopsException(SopsRefusal.Parse, "a binary SOPS file holds one key, data, and nothing else")
            : new SopsDocument(
                isData && format is null or SopsFormat.Binary ? SopsFormat.Binary : SopsFormat.Json,
                [branch],
                metadata
            );
    }

    private static SopsDocument Yaml(string text, SopsFormat? format)
    {
        // Plain text of any kind ends up here: it is told apart before the parser stumbles over it.
        if (format is null && !SopsSniffer.HasYamlMark(text))
        {
            throw SopsMetadata.NotThere();
        }

        var documents = YamlStore.Parse(text);
        if (documents.Length == 0)
        {
            throw SopsMetadata.NotThere();
        }

        var (first, metadata) = Split(documents[0]);
        return new SopsDocument(
            SopsFormat.Yaml,
            [first, .. documents.Skip(1).Select(document => Without(document))],
            metadata
        );
    }

    private static (SopsMap Branch, SopsMetadata Metadata) Split(SopsMap root)
    {
        var parts = root.Entries.Where(entry => entry.Key == SopsMetadata.Key).ToList();
        return parts switch
        {
            [] => throw SopsMetadata.NotThere(),
            [{ Value: SopsMap part }] => (Without(root), SopsMetadata.Parse(part)),
            [_] => throw new SopsException(SopsRefusal.BadMetadata, "sops is not a map"),
            _ => throw new SopsException(SopsRefusal.BadMetadata, "sops stands there more than once"),
        };
    }

    private static SopsMap Without(SopsMap root) =>
        new([.. root.Entries.Where(entry => entry.Key != SopsMetadata.Key)]);
}
