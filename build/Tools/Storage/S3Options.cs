using Slipway.Secrets;

namespace Slipway.Tools;

/// <param name="Prefix">Path in the bucket, without slashes at its ends; empty for the bucket itself.</param>
public sealed record S3Options(string Bucket, string Prefix = "")
{
    /// <summary>AWS's name of the region; null takes AWS_REGION.</summary>
    public string? Region { get; init; }

    /// <summary>An S3-compatible server that is not AWS; buckets are then paths of it.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Null takes AWS's own chain: variables, profile, the role of the machine.</summary>
    public string? AccessKeyId { get; init; }

    public Secret? SecretAccessKey { get; init; }

    /// <summary>The SDK's checksums with every request; off for servers that keep the trailer as if it were content.</summary>
    public bool Checksums { get; init; } = true;

    /// <summary>Whether the bucket encrypts at rest: <c>AES256</c>, or with <see cref="KmsKeyId"/>; off for servers that do not.</summary>
    public bool EncryptAtRest { get; init; } = true;

    public string? KmsKeyId { get; init; }

    /// <summary>Sets object lock until the retention's end; the bucket must have it enabled.</summary>
    public bool ObjectLock { get; init; }

    /// <summary>How long the server may take for one request; it is asked four times at most.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>5 MiB at least (S3's rule), and 10,000 parts at most make the largest object.</summary>
    public int PartBytes { get; init; } = 16 << 20;
}
