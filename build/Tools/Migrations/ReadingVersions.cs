using System.Collections.Immutable;
using Slipway.Migrations;

namespace Slipway.Tools;

/// <summary>The texts of a folder of a commit; all of it where the folder is empty.</summary>
/// <exception cref="CommandFailedException">The commit has no such folder.</exception>
public delegate Task<ImmutableArray<string>> ReadFolder(
    string commitSha,
    string folder,
    CancellationToken cancellation
);

/// <summary>Reads from the history what versions could read of the database: the words of their services' sources.</summary>
/// <param name="sources">Folders of the services in a commit.</param>
public sealed class ReadingVersions(ReadFolder read, ImmutableArray<string> sources)
{
    public async Task<ReadingVersion> ReadAsync(
        string version,
        string commitSha,
        string why,
        CancellationToken cancellation
    )
    {
        var texts = new List<string>();
        foreach (var folder in sources.Distinct(StringComparer.Ordinal))
            texts.AddRange(await TextsAsync(commitSha, folder, cancellation));
        return new(version, why, SchemaWords.Of(texts));
    }

    private async Task<ImmutableArray<string>> TextsAsync(
        string commitSha,
        string folder,
        CancellationToken cancellation
    )
    {
        try
        {
            return await read(commitSha, folder, cancellation);
        }
        catch (CommandFailedException) when (folder is not ("" or "."))
        {
            // That version kept its services elsewhere: then any word of it may be one that reads.
            return await TextsAsync(commitSha, "", cancellation);
        }
    }
}
