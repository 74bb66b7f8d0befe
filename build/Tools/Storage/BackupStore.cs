using System.Collections.Immutable;

namespace Slipway.Tools;

/// <param name="Name">Path in the store with <c>/</c>, e.g. <c>production/backup-deploy-….sql.gz</c>.</param>
public sealed record StoredObject(string Name, long Bytes, DateTimeOffset ModifiedAt);

/// <param name="RetainUntil">Until when the store must keep the object.</param>
/// <param name="Tags">Kept beside the object where the store knows tags.</param>
public sealed record UploadOptions(
    DateTimeOffset? RetainUntil = null,
    ImmutableSortedDictionary<string, string>? Tags = null
);

/// <summary>
/// Where backups are kept. A name is written once: an object appears whole, on <see cref="IBackupUpload.CommitAsync"/>,
/// and never replaces another.
/// </summary>
public interface IBackupStore
{
    /// <summary>What a person or another program finds the object by: <c>file:///…</c>, <c>s3://bucket/…</c>.</summary>
    Uri Locate(string name);

    /// <summary>The server that answers for the store when its URL alone does not say so; null otherwise.</summary>
    Uri? Endpoint => null;

    Task<IBackupUpload> CreateAsync(string name, UploadOptions options, CancellationToken cancellation);

    /// <exception cref="Outcomes.PipelineException">There is no such object.</exception>
    Task<Stream> OpenReadAsync(string name, CancellationToken cancellation);

    /// <summary>Null when there is no such object.</summary>
    Task<StoredObject?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Whole objects whose name starts with <paramref name="prefix"/>, in the order of their names.</summary>
    Task<ImmutableArray<StoredObject>> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Does nothing when there is no such object.</summary>
    Task DeleteAsync(string name, CancellationToken cancellation);
}

/// <summary>An object on its way. Disposed without <see cref="CommitAsync"/>, it leaves nothing.</summary>
public interface IBackupUpload : IAsyncDisposable
{
    Stream Content { get; }

    /// <exception cref="Outcomes.PipelineException">There is an object of that name by now, or the store refuses.</exception>
    Task CommitAsync(CancellationToken cancellation);
}
