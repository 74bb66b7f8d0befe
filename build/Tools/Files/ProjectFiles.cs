using System.Collections.Immutable;
using System.Text;

namespace Slipway.Tools;

/// <param name="File">Path relative to the repository.</param>
public sealed record FileProblem(string File, string Problem, string Expected);

/// <summary>The configuration as text: nothing in it has been judged yet.</summary>
/// <param name="Files">Path relative to the repository, with <c>/</c>, → content.</param>
/// <param name="Folders">The same for folders, also empty ones.</param>
/// <param name="Problems">What could not be read as text, each file once.</param>
public sealed record ProjectTree(
    ImmutableSortedDictionary<string, string> Files,
    ImmutableSortedSet<string> Folders,
    ImmutableArray<FileProblem> Problems
);

/// <summary>Reads <c>slipway.json</c> and <c>environments/**</c> of a repository.</summary>
public sealed class ProjectFiles(string repository)
{
    public const long LargestFile = 1024 * 1024;

    private const int MostFiles = 10_000;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _root = Path.GetFullPath(repository);

    public async Task<ProjectTree> ReadAsync(CancellationToken cancellation)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var folders = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var problems = ImmutableArray.CreateBuilder<FileProblem>();
        foreach (var path in Paths(folders, problems).Order(StringComparer.Ordinal))
        {
            var (text, problem) = await ReadAsync(path, cancellation);
            if (problem is not null)
                problems.Add(problem);
            else
                files[path] = text;
        }
        return new ProjectTree(files.ToImmutable(), folders.ToImmutable(), problems.ToImmutable());
    }

    private List<string> Paths(ImmutableSortedSet<string>.Builder folders, ImmutableArray<FileProblem>.Builder problems)
    {
        var files = new List<string>();
        if (File.Exists(Path.Combine(_root, "slipway.json")))
            files.Add("slipway.json");
        var pending = new Queue<string>(["environments"]);
        while (pending.TryDequeue(out var folder))
        {
            var info = new DirectoryInfo(Path.Combine(_root, folder));
            if (!info.Exists)
                continue;
            if (info.LinkTarget is not null)
            {
                problems.Add(new FileProblem(folder, "is a link", "a folder"));
                continue;
            }
            folders.Add(folder);
            foreach (var entry in info.EnumerateFileSystemInfos())
                if (entry is DirectoryInfo)
                    pending.Enqueue($"{folder}/{entry.Name}");
                else if (!entry.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
                    files.Add($"{folder}/{entry.Name}");
            if (files.Count > MostFiles)
            {
                problems.Add(new FileProblem(folder, $"holds more than {MostFiles} files", "configuration files only"));
                break;
            }
        }
        return files;
    }

    private async Task<(string Text, FileProblem? Problem)> ReadAsync(string path, CancellationToken cancellation)
    {
        var file = new FileInfo(Path.Combine(_root, path));
        if (ContainedPath.LinkTarget(file.FullName) is { } target)
        {
            if (!ContainedPath.IsInside(ContainedPath.RealPath(_root), ContainedPath.RealPath(target)))
                return Refuse(path, "is a link that leads out of the repository", "a file");
            file = new FileInfo(target);
        }
        if (!file.Exists)
            return Refuse(path, "is a link to nothing", "a file");
        if (file.Length > LargestFile)
            return Refuse(path, $"has {file.Length} bytes", $"at most {LargestFile} bytes");
        try
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName, cancellation);
            var text = Utf8.GetString(bytes);
            return (text.StartsWith('\uFEFF') ? text[1..] : text, null);
        }
        catch (DecoderFallbackException invalid)
        {
            return Refuse(path, $"is not UTF-8 (byte {invalid.Index})", "text in UTF-8");
        }
        catch (UnauthorizedAccessException)
        {
            return Refuse(path, "cannot be read", "a file that this user may read");
        }
    }

    private static (string, FileProblem?) Refuse(string path, string problem, string expected) =>
        ("", new FileProblem(path, problem, expected));
}
