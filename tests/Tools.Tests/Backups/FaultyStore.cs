using System.Collections.Immutable;

namespace Slipway.Tools.Tests;

/// <summary>A folder behind a bad line: what is written or read can be changed, cut or refused.</summary>
internal sealed class FaultyStore(IBackupStore inner) : IBackupStore
{
    /// <summary>Changes what is read back.</summary>
    public Func<byte[], byte[]>? OnRead { get; init; }

    /// <summary>Called with the bytes written so far, before each write.</summary>
    public Action<long>? OnWrite { get; init; }

    public Action? OnCommit { get; init; }

    public Uri Locate(string name) => inner.Locate(name);

    public async Task<IBackupUpload> CreateAsync(string name, UploadOptions options, CancellationToken cancellation) =>
        new Upload(await inner.CreateAsync(name, options, cancellation), this);

    public async Task<Stream> OpenReadAsync(string name, CancellationToken cancellation)
    {
        await using var stream = await inner.OpenReadAsync(name, cancellation);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellation);
        return new MemoryStream(OnRead?.Invoke(content.ToArray()) ?? content.ToArray());
    }

    public Task<StoredObject?> FindAsync(string name, CancellationToken cancellation) =>
        inner.FindAsync(name, cancellation);

    public Task<ImmutableArray<StoredObject>> ListAsync(string prefix, CancellationToken cancellation) =>
        inner.ListAsync(prefix, cancellation);

    public Task DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

    private sealed class Upload(IBackupUpload upload, FaultyStore store) : IBackupUpload
    {
        public Stream Content { get; } = new Watched(upload.Content, store);

        public Task CommitAsync(CancellationToken cancellation)
        {
            store.OnCommit?.Invoke();
            return upload.CommitAsync(cancellation);
        }

        public ValueTask DisposeAsync() => upload.DisposeAsync();
    }

    private sealed class Watched(Stream inner, FaultyStore store) : Stream
    {
        private long _written;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            store.OnWrite?.Invoke(_written);
            inner.Write(buffer, offset, count);
            _written += count;
        }
    }
}
