using Amazon.S3;
using Amazon.S3.Model;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>One object on its way into a bucket: parts of a fixed size, two under way at a time, none of it visible before the end.</summary>
internal sealed class S3Upload : IBackupUpload
{
    private const int PartsUnderWay = 2;
    private const int MostParts = 10_000;
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(30);

    private readonly S3Store _store;
    private readonly AmazonS3Client _client;
    private readonly S3Options _options;
    private readonly string _key;
    private readonly UploadOptions _upload;
    private readonly List<Task<PartETag>> _parts = [];
    private readonly SemaphoreSlim _slots = new(PartsUnderWay, PartsUnderWay);
    private MemoryStream _buffer = new();
    private string? _uploadId;
    private bool _committed;

    public S3Upload(S3Store store, AmazonS3Client client, S3Options options, string key, UploadOptions upload)
    {
        _store = store;
        _client = client;
        _options = options;
        _key = key;
        _upload = upload;
        Content = new PartStream(this);
    }

    public Stream Content { get; }

    public async Task CommitAsync(CancellationToken cancellation)
    {
        try
        {
            if (_uploadId is null)
            {
                await PutAsync(cancellation);
            }
            else
            {
                if (_buffer.Length > 0)
                    await SendPartAsync(cancellation);
                var parts = await Task.WhenAll(_parts);
                await _client.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest
                    {
                        BucketName = _options.Bucket,
                        Key = _key,
                        UploadId = _uploadId,
                        PartETags = [.. parts],
                        IfNoneMatch = "*",
                    },
                    cancellation
                );
            }
            _committed = true;
        }
        catch (Exception failure) when (S3Store.IsStores(failure, cancellation))
        {
            throw _store.Failure($"take '{_key}'", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Parts under way would be kept, and paid for, after an abort that overtook them.
        await Task.WhenAll(_parts).ContinueWith(_ => { }, TaskScheduler.Default);
        if (!_committed && _uploadId is not null)
        {
            using var limit = new CancellationTokenSource(AbortLimit);
            try
            {
                await _client.AbortMultipartUploadAsync(_options.Bucket, _key, _uploadId, limit.Token);
            }
            catch (Exception failure) when (S3Store.IsStores(failure) || failure is OperationCanceledException)
            {
                // What is left is no object; the bucket's rule for incomplete uploads removes it.
            }
        }
        await _buffer.DisposeAsync();
        _slots.Dispose();
    }

    private async Task PutAsync(CancellationToken cancellation)
    {
        _buffer.Position = 0;
        var request = new PutObjectRequest
        {
            BucketName = _options.Bucket,
            Key = _key,
            InputStream = _buffer,
            AutoCloseStream = false,
            IfNoneMatch = "*",
            UseChunkEncoding = _options.Checksums,
            TagSet = Tags(),
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = _options.KmsKeyId,
        };
        if (_options.ObjectLock && _upload.RetainUntil is { } until)
        {
            request.ObjectLockMode = ObjectLockMode.Governance;
            request.ObjectLockRetainUntilDate = until.UtcDateTime;
        }
        Describe(request.Metadata);
        await _client.PutObjectAsync(request, cancellation);
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = _options.Bucket,
            Key = _key,
            TagSet = Tags(),
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = _options.KmsKeyId,
        };
        if (_options.ObjectLock && _upload.RetainUntil is { } until)
        {
            request.ObjectLockMode = ObjectLockMode.Governance;
            request.ObjectLockRetainUntilDate = until.UtcDateTime;
        }
        Describe(request.Metadata);
        _uploadId = (await _client.InitiateMultipartUploadAsync(request, cancellation)).UploadId;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            while (bytes.Length > 0)
            {
                var part = Math.Min(bytes.Length, _options.PartBytes - (int)_buffer.Length);
                _buffer.Write(bytes.Span[..part]);
                bytes = bytes[part..];
                if (_buffer.Length == _options.PartBytes)
                    await SendPartAsync(cancellation);
            }
        }
        catch (Exception failure) when (S3Store.IsStores(failure, cancellation))
        {
            throw _store.Failure($"take '{_key}'", failure);
        }
    }

    private async Task SendPartAsync(CancellationToken cancellation)
    {
        if (_uploadId is null)
            await BeginAsync(cancellation);
        if (_parts.Count == MostParts)
        {
            throw new PipelineException(
                $"'{_key}' is larger than {(long)MostParts * _options.PartBytes} bytes",
                expected: "at most 10,000 parts",
                next: "make the parts of the S3 store larger"
            );
        }
        // A part that failed ends the upload here, not after all the others were sent.
        if (_parts.FirstOrDefault(part => part.IsFaulted) is { } failed)
            await failed;
        await _slots.WaitAsync(cancellation);
        var content = _buffer;
        _buffer = new MemoryStream();
        _parts.Add(UploadAsync(content, _parts.Count + 1, cancellation));
    }

    private async Task<PartETag> UploadAsync(MemoryStream content, int number, CancellationToken cancellation)
    {
        try
        {
            await using (content)
            {
                content.Position = 0;
                var response = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = _options.Bucket,
                        Key = _key,
                        UploadId = _uploadId,
                        PartNumber = number,
                        PartSize = content.Length,
                        InputStream = content,
                        UseChunkEncoding = _options.Checksums,
                    },
                    cancellation
                );
                return new PartETag(response);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    private ServerSideEncryptionMethod? Encryption =>
        !_options.EncryptAtRest ? null
        : _options.KmsKeyId is null ? ServerSideEncryptionMethod.AES256
        : ServerSideEncryptionMethod.AWSKMS;

    private List<Tag> Tags() =>
        _upload.Tags is null ? [] : [.. _upload.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    private void Describe(MetadataCollection metadata)
    {
        if (_upload.RetainUntil is { } until)
            metadata["retain-until"] = until.UtcDateTime.ToString(
                "yyyy-MM-ddTHH:mm:ssZ",
                System.Globalization.CultureInfo.InvariantCulture
            );
        metadata["part-bytes"] = _options.PartBytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class PartStream(S3Upload upload) : Stream
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

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => new(upload.WriteAsync(buffer, cancellationToken));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            upload.WriteAsync(buffer.AsMemory(offset, count), cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) =>
            upload.WriteAsync(buffer.AsMemory(offset, count), CancellationToken.None).GetAwaiter().GetResult();

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
