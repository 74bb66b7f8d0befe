using System.Formats.Tar;
using System.Security.Cryptography;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// Tar files that depend on content alone: sorted names, one time, one owner, two modes. Unpacking takes only plain
/// files, folders and links that stay inside, and only when the digest is the one that was asked for.
/// </summary>
public static class BundleArchive
{
    // Some programs take the year 1970 for "no time".
    private static readonly DateTimeOffset Time = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Execute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode PlainMode = Read | UnixFileMode.UserWrite;

    /// <returns>The digest, <c>sha256:…</c>.</returns>
    /// <exception cref="PipelineException">The folder holds a link that leads out of it.</exception>
    public static async Task<string> PackAsync(string folder, string tarFile, CancellationToken cancellation)
    {
        var root = new DirectoryInfo(Path.GetFullPath(folder));
        await using (var stream = File.Create(tarFile))
        await using (var writer = new TarWriter(stream, TarEntryFormat.Gnu))
            foreach (var (name, info) in Entries(root, "").OrderBy(entry => entry.Name, StringComparer.Ordinal))
                await WriteAsync(writer, name, info, cancellation);
        return await DigestAsync(tarFile, cancellation);
    }

    public static async Task<string> DigestAsync(string file, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        return await DigestAsync(stream, cancellation);
    }

    /// <summary>Unpacks into <paramref name="target"/>, which is there whole or not at all; nothing is done when it is already.</summary>
    /// <exception cref="PipelineException">Another digest, or an entry that is not allowed.</exception>
    public static async Task UnpackAsync(string tarFile, string digest, string target, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(target);
        var stamp = full + ".digest";
        if (Directory.Exists(full) && File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellation) == digest)
            return;
        await using var stream = File.OpenRead(tarFile);
        var found = await DigestAsync(stream, cancellation);
        if (found != digest)
            throw new PipelineException(
                $"{tarFile} is not the bundle that was built: its digest is {found}",
                digest,
                "build it again: ./build.sh --target=BuildImages --exclusive --deployment-id=…"
            );
        stream.Position = 0;
        var temporary = $"{full}.unpacking-{Guid.NewGuid():N}";
        Directory.CreateDirectory(temporary);
        try
        {
            await ExtractAsync(stream, temporary, tarFile, cancellation);
            File.Delete(stamp);
            if (Directory.Exists(full))
                Directory.Delete(full, recursive: true);
            Directory.Move(temporary, full);
            await File.WriteAllTextAsync(stamp, digest, CancellationToken.None);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static async Task<string> DigestAsync(Stream stream, CancellationToken cancellation) =>
        "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));

    private static IEnumerable<(string Name, FileSystemInfo Info)> Entries(DirectoryInfo folder, string prefix)
    {
        foreach (var info in folder.EnumerateFileSystemInfos())
        {
            var name = prefix + info.Name;
            yield return (name, info);
            if (info is DirectoryInfo { LinkTarget: null } inner)
                foreach (var entry in Entries(inner, name + "/"))
                    yield return entry;
        }
    }

    private static async Task WriteAsync(
        TarWriter writer,
        string name,
        FileSystemInfo info,
        CancellationToken cancellation
    )
    {
        if (info.LinkTarget is { } link)
        {
            if (!StaysInside(name, link))
                throw new PipelineException(
                    $"the link {name} → {link} leads out of the bundle",
                    "a relative link inside it"
                );
            await writer.WriteEntryAsync(Plain(TarEntryType.SymbolicLink, name, Read | Execute, link), cancellation);
        }
        else if (info is DirectoryInfo)
            await writer.WriteEntryAsync(Plain(TarEntryType.Directory, name + "/", PlainMode | Execute), cancellation);
        else
        {
            await using var content = File.OpenRead(info.FullName);
            var entry = Plain(TarEntryType.RegularFile, name, IsExecutable(info) ? PlainMode | Execute : PlainMode);
            entry.DataStream = content;
            await writer.WriteEntryAsync(entry, cancellation);
        }
    }

    private static bool IsExecutable(FileSystemInfo info) =>
        !OperatingSystem.IsWindows() && (info.UnixFileMode & UnixFileMode.UserExecute) != UnixFileMode.None;

    private static GnuTarEntry Plain(TarEntryType type, string name, UnixFileMode mode, string? link = null)
    {
        var entry = new GnuTarEntry(type, name)
        {
            ModificationTime = Time,
            AccessTime = Time,
            ChangeTime = Time,
            Mode = mode,
            Uid = 0,
            Gid = 0,
            UserName = "",
            GroupName = "",
        };
        if (link is not null)
            entry.LinkName = link;
        return entry;
    }

    private static async Task ExtractAsync(Stream stream, string folder, string tarFile, CancellationToken cancellation)
    {
        await using var reader = new TarReader(stream, leaveOpen: true);
        var links = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            var name = entry.Name.TrimEnd('/');
            var parts = name.Split('/');
            var parents = Enumerable.Range(1, parts.Length - 1).Select(count => string.Join('/', parts[..count]));
            if (
                name.Length == 0
                || Path.IsPathRooted(name)
                || parts.Any(part => part is "" or "." or "..")
                || parents.Any(links.Contains)
            )
                throw Refused(tarFile, entry.Name, "leads out of the bundle");
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(entry.EntryType == TarEntryType.Directory ? path : Path.GetDirectoryName(path)!);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    await entry.ExtractToFileAsync(path, overwrite: false, cancellation);
                    break;
                case TarEntryType.SymbolicLink when StaysInside(name, entry.LinkName):
                    File.CreateSymbolicLink(path, entry.LinkName);
                    links.Add(name);
                    break;
                default:
                    throw Refused(tarFile, entry.Name, $"is a {entry.EntryType} that is not allowed");
            }
        }
    }

    /// <summary>
    /// Whether a link at <paramref name="name"/> leads to something in the same folder tree. Judged by names alone, so
    /// <c>..</c> is taken only at the beginning: behind the name of another link it would mean another folder.
    /// </summary>
    private static bool StaysInside(string name, string link)
    {
        if (link.Length == 0 || Path.IsPathRooted(link))
            return false;
        var parts = link.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var up = parts.TakeWhile(part => part == "..").Count();
        return up <= name.Count(c => c == '/') && !parts.Skip(up).Contains("..");
    }

    private static PipelineException Refused(string tarFile, string entry, string why) =>
        new($"{tarFile} is refused: the entry «{entry}» {why}");
}
