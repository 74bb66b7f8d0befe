using System.Collections.Concurrent;
using System.IO.Compression;
using System.Threading.Channels;

namespace Slipway.Tools;

/// <summary>
/// Compresses on several cores into one standard gzip file of many members, which <c>gunzip</c>, <c>pigz</c> and .NET
/// read as one. Memory is bounded by the number of blocks under way, not by the size of the input.
/// </summary>
public sealed class ParallelGzipStream : Stream
{
    public const int BlockBytes = 1 << 20;

    // GZipStream writes nothing at all when it was given nothing.
    private static readonly byte[] EmptyMember = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    // Blocks go round: a shared pool would keep one for every thread that ever gave one back.
    private readonly ConcurrentBag<byte[]> _spareInput = [];
    private readonly ConcurrentBag<MemoryStream> _spare = [];
    private readonly Channel<Block> _work;
    private readonly Channel<Block> _ordered;
    private readonly Task[] _workers;
    private readonly Task _writer;
    private readonly int _level;
    private readonly CancellationTokenSource _failed = new();
    private byte[] _input = new byte[BlockBytes];
    private int _filled;
    private bool _completed;
    private long _blocks;

    /// <param name="output">Takes the compressed bytes in order; stays open.</param>
    /// <param name="level">0–9 as zlib counts them.</param>
    public ParallelGzipStream(Stream output, int level, int workers)
    {
        _level = level;
        _work = Channel.CreateBounded<Block>(workers);
        _ordered = Channel.CreateBounded<Block>(workers * 2);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(CompressAsync))];
        _writer = Task.Run(() => WriteOutAsync(output));
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var part = Math.Min(buffer.Length, BlockBytes - _filled);
            buffer[..part].CopyTo(_input.AsSpan(_filled));
            _filled += part;
            buffer = buffer[part..];
            if (_filled == BlockBytes)
                Submit();
        }
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Compresses and writes the rest. Without it the output is not a whole gzip file.</summary>
    public async Task CompleteAsync()
    {
        // An empty input is a file with one empty member, as gzip makes it.
        if (_filled > 0 || _blocks == 0)
            Submit();
        _completed = true;
        _work.Writer.Complete();
        _ordered.Writer.Complete();
        await _writer;
        await Task.WhenAll(_workers);
    }

    /// <summary>Ends the workers and the writer; what was not completed is not written.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Interlocked.Exchange(ref _input, null!) is null)
            return;
        if (!_completed)
            await _failed.CancelAsync();
        _work.Writer.TryComplete();
        _ordered.Writer.TryComplete();
        // Their failures were thrown by the call that met them; here they are only waited for.
        await Task.WhenAll(_workers.Append(_writer)).ContinueWith(_ => { }, TaskScheduler.Default);
        _failed.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Submit()
    {
        var block = new Block(_input, _filled);
        _input = _spareInput.TryTake(out var spare) ? spare : new byte[BlockBytes];
        _filled = 0;
        _blocks++;
        // Blocks here when the output or the workers lag: this is what bounds the memory.
        Put(_ordered.Writer, block);
        Put(_work.Writer, block);
    }

    private void Put(ChannelWriter<Block> channel, Block block)
    {
        while (!channel.TryWrite(block))
        {
            try
            {
                if (channel.WaitToWriteAsync(_failed.Token).AsTask().GetAwaiter().GetResult())
                    continue;
            }
            catch (OperationCanceledException)
            {
                // The output failed: its own exception is the one to see.
            }
            _writer.GetAwaiter().GetResult();
            throw new IOException("the compressed stream was closed");
        }
    }

    private async Task CompressAsync()
    {
        await foreach (var block in _work.Reader.ReadAllAsync())
        {
            try
            {
                block.Done.SetResult(Compress(block));
            }
            catch (Exception failure)
            {
                block.Done.SetException(failure);
                throw;
            }
            finally
            {
                _spareInput.Add(block.Input);
            }
        }
    }

    private MemoryStream Compress(Block block)
    {
        if (!_spare.TryTake(out var compressed))
            compressed = new MemoryStream(BlockBytes / 2);
        compressed.SetLength(0);
        if (block.Length == 0)
        {
            compressed.Write(EmptyMember);
            return compressed;
        }
        var options = new ZLibCompressionOptions { CompressionLevel = _level };
        using var gzip = new GZipStream(compressed, options, leaveOpen: true);
        gzip.Write(block.Input, 0, block.Length);
        return compressed;
    }

    private async Task WriteOutAsync(Stream output)
    {
        try
        {
            await foreach (var block in _ordered.Reader.ReadAllAsync(_failed.Token))
            {
                var compressed = await block.Done.Task;
                await output.WriteAsync(compressed.GetBuffer().AsMemory(0, (int)compressed.Length), _failed.Token);
                _spare.Add(compressed);
            }
        }
        catch
        {
            await _failed.CancelAsync();
            throw;
        }
    }

    private sealed record Block(byte[] Input, int Length)
    {
        public TaskCompletionSource<MemoryStream> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
