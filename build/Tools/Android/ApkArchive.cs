using System.IO.Compression;

namespace Slipway.Tools;

/// <summary>
/// Reads an archive to its last byte. Listing an archive proves nothing about its contents, so every entry is unpacked
/// and its CRC-32 compared with the one that the archive states.
/// </summary>
internal static class ApkArchive
{
    /// <summary>More than any APK holds: what unpacks to more is made to fill a disk or a memory.</summary>
    private const long _maximumUnpacked = 8L << 30;

    private static readonly uint[] _table = MakeTable();

    /// <returns>Entries read, and what is wrong; null when nothing is.</returns>
    public static async Task<(int Entries, string? Fault)> CheckAsync(string file, CancellationToken cancellation)
    {
        var entries = 0;
        var name = "the archive";
        try
        {
            await using var archive = await ZipFile.OpenReadAsync(file, cancellation);
            var names = new HashSet<string>(StringComparer.Ordinal);
            var left = _maximumUnpacked;
            foreach (var entry in archive.Entries)
            {
                name = $"'{entry.FullName}'";
                // Android and other readers disagree which of two entries counts, so one is signed and the other run.
                if (!names.Add(entry.FullName))
                    return (entries, $"{name} is in the archive twice");
                left -= entry.Length;
                if (left < 0)
                    return (entries, $"the archive unpacks to more than {_maximumUnpacked >> 30} GiB");
                if (await FaultAsync(entry, cancellation) is { } fault)
                    return (entries, $"{name} {fault}");
                entries++;
            }

            return entries == 0 ? (0, "the archive is empty") : (entries, null);
        }
        catch (Exception error)
            when (error is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            return (entries, $"{name} cannot be read: {error.Message}");
        }
    }

    private static async Task<string?> FaultAsync(ZipArchiveEntry entry, CancellationToken cancellation)
    {
        await using var content = await entry.OpenAsync(cancellation);
        var buffer = new byte[64 * 1024];
        var checksum = uint.MaxValue;
        var length = 0L;
        int count;
        while ((count = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            length += count;
            if (length > entry.Length)
                break;
            for (var i = 0; i < count; i++)
                checksum = _table[(checksum ^ buffer[i]) & 0xFF] ^ (checksum >> 8);
        }

        return length != entry.Length ? $"has {length} bytes or more; expected {entry.Length}"
            : ~checksum != entry.Crc32 ? $"has the checksum {~checksum:x8}; expected {entry.Crc32:x8}"
            : null;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320u : value >> 1;
            table[i] = value;
        }

        return table;
    }
}
