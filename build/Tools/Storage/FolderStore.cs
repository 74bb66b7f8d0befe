using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Backups in a folder: written beside their place, flushed to the disk, then linked to their name.</summary>
public sealed partial class FolderStore : IBackupStore
{
    private const string Unfinished = ".unfinished-";
    private readonly string _root;

    public FolderStore(string root) => _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public Uri Locate(string name) =>
        new("file://" + string.Join('/', PathOf(name).Split('/').Select(Uri.EscapeDataString)));

    public Task<IBackupUpload> CreateAsync(string name, UploadOptions options, CancellationToken cancellation)
    {
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);
            var temporary = Path.Combine(
                folder,
                Unfinished + Path.GetFileName(path) + "-" + Guid.NewGuid().ToString("n")
            );
            return Task.FromResult<IBackupUpload>(new Upload(this, name, path, temporary));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failure(name, failure);
        }
    }

    public Task<Stream> OpenReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult<Stream>(
                new FileStream(
                    PathOf(name),
                    new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan }
                )
            );
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PipelineException(
                $"there is no backup '{name}' in {_root}",
                expected: "an object that Backup wrote",
                next: "./build.sh --target=Backup",
                inner: missing
            );
        }
    }

    public Task<StoredObject?> FindAsync(string name, CancellationToken cancellation)
    {
        var file = new FileInfo(PathOf(name));
        return Task.FromResult(file.Exists ? Describe(file) : null);
    }

    public Task<ImmutableArray<StoredObject>> ListAsync(string prefix, CancellationToken cancellation)
    {
        if (!Directory.Exists(_root))
            return Task.FromResult(ImmutableArray<StoredObject>.Empty);
        return Task.FromResult(
            new DirectoryInfo(_root)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => !file.Name.StartsWith(Unfinished, StringComparison.Ordinal))
                .Select(Describe)
                .Where(found => found.Name.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(found => found.Name, StringComparer.Ordinal)
                .ToImmutableArray()
        );
    }

    public Task DeleteAsync(string name, CancellationToken cancellation)
    {
        var path = PathOf(name);
        if (File.Exists(path))
            File.Delete(path);
        return Task.CompletedTask;
    }

    private StoredObject Describe(FileInfo file) =>
        new(
            Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'),
            file.Length,
            new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero)
        );

    // A name is data: it must not lead out of the store.
    private string PathOf(string name)
    {
        var isName = name.Length > 0 && !name.Contains('\0');
        var path = isName ? Path.GetFullPath(Path.Combine(_root, name)) : _root;
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new PipelineException(
                $"'{name}' is not a name in the backup store {_root}",
                expected: "<environment>/backup-<deployment-id>.sql.gz"
            );
    }

    private PipelineException Failure(string name, Exception failure) =>
        new(
            $"the backup store {_root} does not take '{name}': {failure.Message}",
            expected: "a folder that this user may write, with room for the backup",
            next: $"df -h {_root}",
            inner: failure
        );

    private sealed class Upload : IBackupUpload
    {
        private readonly FolderStore _store;
        private readonly string _name;
        private readonly string _path;
        private readonly string _temporary;
        private readonly FileStream _file;

        public Upload(FolderStore store, string name, string path, string temporary)
        {
            (_store, _name, _path, _temporary) = (store, name, path, temporary);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            _file = new FileStream(temporary, options);
        }

        public Stream Content => _file;

        public async Task CommitAsync(CancellationToken cancellation)
        {
            try
            {
                _file.Flush(flushToDisk: true);
                await _file.DisposeAsync();
                cancellation.ThrowIfCancellationRequested();
                File.Move(_temporary, _path, overwrite: false);
                FlushFolder(Path.GetDirectoryName(_path)!);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw _store.Failure(_name, failure);
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await _file.DisposeAsync();
            }
            finally
            {
                File.Delete(_temporary);
            }
        }
    }

    // The name itself must survive a power cut, not only the content.
    private static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = OpenFolder(folder, 0);
        if (descriptor < 0)
            return;
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
