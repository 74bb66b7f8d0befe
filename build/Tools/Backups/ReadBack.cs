using System.Buffers;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>An object on its way back from the store. Whoever has read it asks at the end whether it is the one that was written.</summary>
internal sealed class ReadBack : IAsyncDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly Stream _raw;
    private readonly HashingStream _hashed;

    private ReadBack(Stream raw)
    {
        _raw = raw;
        _hashed = new HashingStream(raw);
        // Readers ask for little at a time: from a buffer, or each is a call to the system and garbage.
        Content = new BufferedStream(_hashed, BufferBytes);
    }

    public Stream Content { get; }

    public static async Task<ReadBack> OpenAsync(StoredBackup stored, CancellationToken cancellation) =>
        new(await stored.Store.OpenReadAsync(stored.Name, cancellation));

    /// <summary>
    /// Reads what is left and compares. A damaged object shows as bad gzip, bad SQL or nothing at all: the hash names
    /// the cause, so it speaks first.
    /// </summary>
    /// <exception cref="PipelineException">Other bytes than were written.</exception>
    public async Task DemandAsync(string name, BackupResult backup, CancellationToken cancellation)
    {
        await DrainAsync(cancellation);
        if (_hashed.Bytes != backup.CompressedBytes)
        {
            throw new PipelineException(
                $"the store gives back {_hashed.Bytes} bytes of '{name}'",
                expected: $"the {backup.CompressedBytes} bytes that were written",
                next: "look at the store: the object is damaged"
            );
        }
        if (_hashed.Sha256() != backup.ObjectSha256)
        {
            throw new PipelineException(
                $"the store gives back other bytes of '{name}' than were written: SHA-256 {_hashed.Sha256()}",
                expected: backup.ObjectSha256,
                next: "look at the store: the object is damaged"
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _hashed.DisposeAsync();
        await _raw.DisposeAsync();
    }

    private async Task DrainAsync(CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await _hashed.ReadAsync(buffer, cancellation) > 0) { }
        }
        catch (IOException)
        {
            // The store gave up in the middle: the count of bytes says so.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
