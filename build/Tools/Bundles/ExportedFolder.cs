using System.Collections.Immutable;
using System.Formats.Tar;
using System.Text;

namespace Slipway.Tools;

/// <summary>A folder of a commit on disk, for as long as it is needed.</summary>
public sealed class ExportedFolder : IDisposable
{
    /// <summary>Bytes; what is larger is no source text.</summary>
    private const long LargestText = 1024 * 1024;

    private readonly DirectoryInfo _scratch;

    private ExportedFolder(DirectoryInfo scratch) => _scratch = scratch;

    public string Location => Path.Combine(_scratch.FullName, "tree");

    /// <param name="folder">Path in the commit; empty for all of it.</param>
    /// <exception cref="CommandFailedException">The commit has no such folder.</exception>
    public static async Task<ExportedFolder> CreateAsync(
        ExportFolder export,
        string commitSha,
        string folder,
        CancellationToken cancellation
    )
    {
        var exported = new ExportedFolder(Directory.CreateTempSubdirectory("slipway-commit-"));
        try
        {
            var tar = Path.Combine(exported._scratch.FullName, "commit.tar");
            await export(commitSha, folder, tar, cancellation);
            Directory.CreateDirectory(exported.Location);
            await TarFile.ExtractToDirectoryAsync(tar, exported.Location, overwriteFiles: false, cancellation);
            return exported;
        }
        catch
        {
            exported.Dispose();
            throw;
        }
    }

    /// <summary>The texts of a folder of a commit, which is on disk no longer than that takes.</summary>
    /// <exception cref="CommandFailedException">The commit has no such folder.</exception>
    public static async Task<ImmutableArray<string>> ReadTextsAsync(
        ExportFolder export,
        string commitSha,
        string folder,
        CancellationToken cancellation
    )
    {
        using var exported = await CreateAsync(export, commitSha, folder, cancellation);
        return [.. exported.ReadTexts()];
    }

    /// <summary>Adds the files of another folder.</summary>
    public void Add(string folder)
    {
        foreach (var file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(Location, Path.GetFileName(file)));
    }

    /// <summary>The texts of all files, whatever is not UTF-8 replaced.</summary>
    private IEnumerable<string> ReadTexts() =>
        Directory
            .EnumerateFiles(Location, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file) is { LinkTarget: null, Length: <= LargestText })
            .Select(file => File.ReadAllText(file, Encoding.UTF8));

    public void Dispose() => _scratch.Delete(recursive: true);
}
