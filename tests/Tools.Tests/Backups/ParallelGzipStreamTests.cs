using System.IO.Compression;
using System.Security.Cryptography;

namespace Slipway.Tools.Tests;

public class ParallelGzipStreamTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(ParallelGzipStream.BlockBytes)]
    [TestCase(ParallelGzipStream.BlockBytes + 1)]
    [TestCase(20 * ParallelGzipStream.BlockBytes + 77)]
    public async Task Gunzip_and_NET_read_what_it_wrote(int size)
    {
        var content = Some(size);
        var path = Path.GetTempFileName();
        await using (var file = File.Create(path))
        await using (var gzip = new ParallelGzipStream(file, 6, workers: 3))
        {
            foreach (var part in content.Chunk(70_001))
                gzip.Write(part);
            await gzip.CompleteAsync();
        }

        using (var net = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
        using (var read = new MemoryStream())
        {
            await net.CopyToAsync(read);
            read.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        }
        using var gunzip = new RestoreProcess(Command.Of("gunzip", "--test"));
        gunzip.Input.Write(await File.ReadAllBytesAsync(path));
        gunzip.CloseInput();
        await gunzip.WaitAsync(default);
        File.Delete(path);
    }

    [Test]
    public async Task The_same_input_gives_the_same_bytes_whatever_the_number_of_workers() =>
        (await CompressAsync(Some(5_000_000), 1)).ShouldBe(await CompressAsync(Some(5_000_000), 4));

    [Test]
    public async Task An_output_that_fails_fails_the_writer_and_does_not_hang()
    {
        await using var gzip = new ParallelGzipStream(new Full(), 1, workers: 2);

        await Should.ThrowAsync<IOException>(async () =>
        {
            for (var i = 0; i < 100; i++)
                gzip.Write(Some(1 << 20));
            await gzip.CompleteAsync();
        });
    }

    [Test]
    public async Task Disposed_before_its_end_it_stops_and_the_output_is_not_whole()
    {
        var output = new MemoryStream();
        await using (var gzip = new ParallelGzipStream(output, 1, workers: 2))
            gzip.Write(Some(100));

        output.Length.ShouldBe(0);
    }

    private static async Task<string> CompressAsync(byte[] content, int workers)
    {
        var output = new MemoryStream();
        await using (var gzip = new ParallelGzipStream(output, 6, workers))
        {
            gzip.Write(content);
            await gzip.CompleteAsync();
        }
        return Convert.ToHexString(SHA256.HashData(output.ToArray()));
    }

    private static byte[] Some(int size)
    {
        var content = new byte[size];
        for (var i = 0; i < size; i++)
            content[i] = (byte)(i * (i >> 9) >> 3);
        return content;
    }

    private sealed class Full : MemoryStream
    {
        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => throw new IOException("No space left on device");
    }
}
