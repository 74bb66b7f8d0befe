using System.Collections.Immutable;
using System.Text;

namespace Slipway.Environments;

/// <summary>
/// What stands in the repository: <c>slipway.json</c> and everything under <c>environments/</c>, as bytes, because half
/// of what can be wrong with a file is lost once it is text.
/// </summary>
/// <param name="Files">Path with forward slashes, relative to the repository → content.</param>
/// <param name="Folders">Every folder under <c>environments/</c>, also the empty ones, without a slash at the end.</param>
public sealed record ConfigurationTree(
    ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Files,
    ImmutableSortedSet<string> Folders
)
{
    public const string Root = "environments";
    public const string ProductFile = "slipway.json";

    public static ConfigurationTree Empty { get; } =
        new(
            ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal),
            ImmutableSortedSet.Create<string>(StringComparer.Ordinal)
        );

    public ConfigurationTree With(string path, string text) => With(path, Encoding.UTF8.GetBytes(text));

    public ConfigurationTree With(string path, ReadOnlyMemory<byte> content)
    {
        var tree = this with { Files = Files.SetItem(path, content) };
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            tree = tree.WithFolder(path[..slash]);
        return tree;
    }

    public ConfigurationTree WithFolder(string path) => this with { Folders = Folders.Add(path) };

    public ConfigurationTree Without(string path) => this with { Files = Files.Remove(path) };

    /// <summary>Names of the folders directly below one.</summary>
    internal IEnumerable<string> FoldersIn(string parent) =>
        Folders
            .Where(folder => folder.StartsWith(parent + "/", StringComparison.Ordinal))
            .Select(folder => folder[(parent.Length + 1)..])
            .Where(name => !name.Contains('/', StringComparison.Ordinal));

    /// <summary>Paths of all files below a folder, at any depth.</summary>
    internal IEnumerable<string> FilesIn(string folder) =>
        Files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal));
}
