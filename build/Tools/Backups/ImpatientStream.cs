using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Passes what is written on to a store, and says so when the store does not take it in time.</summary>
internal sealed class ImpatientStream(Stream inner, string name, TimeSpan patience, TimeProvider time) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="PipelineException">The store took longer than it is given.</exception>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        var write = inner.WriteAsync(buffer, cancellationToken);
        if (write.IsCompletedSuccessfully)
            return;
        try
        {
            // A mount that hangs does not answer to cancellation either: it is left behind, not waited for.
            await write.AsTask().WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new PipelineException(
                $"the store did not take {buffer.Length} bytes of '{name}' within {patience.TotalSeconds:0.#} s",
                expected: "a store that keeps up with the dump",
                next: "look at the store and the way to it, then repeat Backup (nothing after it has run)",
                inner: late
            );
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
