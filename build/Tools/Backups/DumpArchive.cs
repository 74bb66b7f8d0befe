using System.Collections.Immutable;
using System.Formats.Tar;
using System.Security.Cryptography;
using Slipway.Backups;
using Slipway.Versions;

namespace Slipway.Tools;

/// <summary>The files of a dump as one stream, and back. They are compressed already: tar adds nothing but names.</summary>
internal static class DumpArchive
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes every file of a folder, in the order of their names.</summary>
    public static async Task<ImmutableArray<DumpedFile>> PackAsync(
        string folder,
        Stream target,
        DateTimeOffset time,
        CancellationToken cancellation
    )
    {
        var files = ImmutableArray.CreateBuilder<DumpedFile>();
        await using var tar = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(path);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
            content.Position = 0;
            var name = Path.GetFileName(path);
            files.Add(new DumpedFile(name, content.Length, sha256));
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = content,
                    Mode = Private,
                    ModificationTime = time,
                },
                cancellation
            );
        }
        return files.ToImmutable();
    }

    /// <summary>Writes the expected files into an empty folder: these, whole, and no other.</summary>
    /// <exception cref="InvalidDataException">Not what was packed.</exception>
    public static async Task UnpackAsync(
        Stream source,
        ImmutableArray<DumpedFile> expected,
        string folder,
        Action<long>? onProgress,
        CancellationToken cancellation
    )
    {
        var missing = expected.ToDictionary(file => file.Name, StringComparer.Ordinal);
        await using var tar = new TarReader(source, leaveOpen: true);
        long bytes = 0;
        while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            // The size before a byte is written: a damaged header must not fill the disk.
            if (
                entry.EntryType != TarEntryType.RegularFile
                || !missing.Remove(entry.Name, out var file)
                || entry.Length != file.Bytes
                || Path.GetFileName(file.Name) != file.Name
            )
                throw new InvalidDataException(
                    $"{QuotedText.Of(entry.Name)} of {entry.Length} bytes was not written like this"
                );
            await UnpackAsync(entry.DataStream, file, folder, cancellation);
            onProgress?.Invoke(bytes += file.Bytes);
        }
        if (missing.Count > 0)
            throw new InvalidDataException($"{missing.Count} files are missing, e.g. {missing.Keys.Order().First()}");
    }

    private static async Task UnpackAsync(
        Stream? content,
        DumpedFile file,
        string folder,
        CancellationToken cancellation
    )
    {
        await using var target = new FileStream(Path.Combine(folder, file.Name), FileMode.CreateNew, FileAccess.Write);
        await using var hashed = new HashingStream(target);
        if (content is not null)
            await content.CopyToAsync(hashed, cancellation);
        if (hashed.Sha256() != file.Sha256)
            throw new InvalidDataException($"'{file.Name}' has other bytes than were written");
    }
}
