using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// Backups in a bucket. An object is written in one request or in parts that become one at the end, both only where
/// none of its name is (<c>If-None-Match: *</c>); an upload that does not end is aborted and was never to be seen.
/// </summary>
public sealed class S3Store : IBackupStore, IDisposable
{
    private readonly S3Options _options;
    private readonly AmazonS3Client _client;

    public S3Store(S3Options options)
    {
        _options = options;
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 3,
            Timeout = options.Patience,
            RequestChecksumCalculation = options.Checksums
                ? RequestChecksumCalculation.WHEN_SUPPORTED
                : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = options.Checksums
                ? ResponseChecksumValidation.WHEN_SUPPORTED
                : ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.OriginalString;
            config.ForcePathStyle = true;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        try
        {
            _client = options is { AccessKeyId: { } id, SecretAccessKey: { } key }
                ? new AmazonS3Client(new BasicAWSCredentials(id, key.Reveal()), config)
                : new AmazonS3Client(config);
        }
        catch (AmazonClientException failure)
        {
            throw Failure("be reached", failure);
        }
    }

    public Uri? Endpoint => _options.Endpoint;

    public Uri Locate(string name) => new($"s3://{_options.Bucket}/{KeyOf(name)}");

    public Task<IBackupUpload> CreateAsync(string name, UploadOptions options, CancellationToken cancellation) =>
        Task.FromResult<IBackupUpload>(new S3Upload(this, _client, _options, KeyOf(name), options));

    public async Task<Stream> OpenReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var response = await _client.GetObjectAsync(_options.Bucket, KeyOf(name), cancellation);
            return response.ResponseStream;
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            throw new PipelineException(
                $"there is no backup {Locate(name).OriginalString}",
                expected: "an object that Backup wrote",
                next: "./build.sh --target=Backup",
                inner: missing
            );
        }
        catch (Exception failure) when (IsStores(failure, cancellation))
        {
            throw Failure($"give '{name}'", failure);
        }
    }

    public async Task<StoredObject?> FindAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var found = await _client.GetObjectMetadataAsync(_options.Bucket, KeyOf(name), cancellation);
            return new StoredObject(name, found.ContentLength, Time(found.LastModified));
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception failure) when (IsStores(failure, cancellation))
        {
            throw Failure($"say whether '{name}' is there", failure);
        }
    }

    public async Task<ImmutableArray<StoredObject>> ListAsync(string prefix, CancellationToken cancellation)
    {
        try
        {
            var found = ImmutableArray.CreateBuilder<StoredObject>();
            var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = KeyOf("") + prefix };
            ListObjectsV2Response page;
            do
            {
                page = await _client.ListObjectsV2Async(request, cancellation);
                foreach (var one in page.S3Objects ?? [])
                    found.Add(new StoredObject(one.Key[KeyOf("").Length..], one.Size ?? 0, Time(one.LastModified)));
                request.ContinuationToken = page.NextContinuationToken;
            } while (page.IsTruncated == true);
            return [.. found.OrderBy(one => one.Name, StringComparer.Ordinal)];
        }
        catch (Exception failure) when (IsStores(failure, cancellation))
        {
            throw Failure("list its objects", failure);
        }
    }

    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await _client.DeleteObjectAsync(_options.Bucket, KeyOf(name), cancellation);
        }
        catch (Exception failure) when (IsStores(failure, cancellation))
        {
            throw Failure($"delete '{name}'", failure);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The store's or the network's failures, not ours and not a cancellation.</summary>
    internal static bool IsStores(Exception failure) =>
        failure is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException;

    /// <summary>The same, and a request that was given up because its time was over.</summary>
    internal static bool IsStores(Exception failure, CancellationToken cancellation) =>
        IsStores(failure) || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    internal PipelineException Failure(string what, Exception failure) =>
        failure is AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict }
            ? new PipelineException(
                $"s3://{_options.Bucket} does not {what}: an object of that name is there already",
                expected: "a new deployment id: a backup is never overwritten",
                next: "start a new deployment",
                inner: failure
            )
            : new PipelineException(
                $"s3://{_options.Bucket} does not {what}: {Reason(failure)}",
                expected: "a bucket that answers, and a role that may put, get, list and delete under its prefix",
                next: $"aws s3 ls s3://{_options.Bucket}/{KeyOf("")}"
                    + (Endpoint is null ? "" : $" --endpoint-url {Endpoint.OriginalString}"),
                inner: failure
            );

    private string Reason(Exception failure) =>
        failure is OperationCanceledException or TimeoutException
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"it did not answer within {_options.Patience.TotalSeconds:0.#} s"
            )
        : failure is AmazonS3Exception { ErrorCode: not null } answer
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)answer.StatusCode} {answer.ErrorCode} {answer.Message}"
            )
        : failure.Message;

    private string KeyOf(string name) => _options.Prefix.Length == 0 ? name : $"{_options.Prefix}/{name}";

    private static DateTimeOffset Time(DateTime? time) =>
        time is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : default;
}
