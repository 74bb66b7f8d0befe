using System.Runtime.InteropServices;
using System.Text;

namespace Slipway.Tools;

/// <summary>
/// Writes a file so that a reader, or a power cut, finds the old content or the new, never a part: a temporary file in
/// the same folder, flushed to the disk, renamed.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>Beginning of the names of temporary files; one that is left over after a crash can be deleted.</summary>
    public const string TemporaryPrefix = ".writing-";

    /// <summary>Adds text to a file that another program made (GitHub's job summary).</summary>
    public static Task AppendAsync(string path, string text, CancellationToken cancellation) =>
        File.AppendAllTextAsync(path, text, cancellation);

    public static Task WriteAsync(string path, string text, CancellationToken cancellation) =>
        WriteAsync(path, Encoding.UTF8.GetBytes(text), cancellation);

    /// <param name="mode">Permissions; null for the user's default.</param>
    public static async Task WriteAsync(
        string path,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation,
        UnixFileMode? mode = null
    )
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():N}");
        try
        {
            await using (var file = Create(temporary, mode))
            {
                await file.WriteAsync(content, cancellation);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary); // nothing when it was renamed
        }
        FlushFolder(folder);
    }

    private static FileStream Create(string path, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (mode is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        return new FileStream(path, options);
    }

    /// <summary>The rename itself is on the disk only when the folder is. Best effort: some file systems refuse.</summary>
    private static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var handle = Open(folder, 0);
        if (handle < 0)
            return;
        _ = FlushToDisk(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FlushToDisk(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
