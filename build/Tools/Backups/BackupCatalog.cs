using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>The backups of an environment in a store, and the end of those whose time is over.</summary>
public sealed class BackupCatalog(IBackupStore store, TimeProvider time)
{
    private const int MetadataLimit = 64 << 20;

    /// <summary>Proven backups, newest first.</summary>
    public async Task<ImmutableArray<BackupMetadata>> ListAsync(string environment, CancellationToken cancellation)
    {
        var objects = await store.ListAsync($"{environment}/", cancellation);
        var names = objects.Select(found => found.Name).ToHashSet();
        var found = ImmutableArray.CreateBuilder<BackupMetadata>();
        foreach (var name in objects.Select(o => BackupName.OfObject(o.Name)))
        {
            if (name is null || !names.Contains(name.Metadata))
                continue;
            var metadata = await ReadMetadataAsync(store, name, cancellation);
            // An object of another format beside it is what an interrupted run of the same deployment left.
            if (metadata.Backup.Format == name.Format)
                found.Add(metadata);
        }
        return [.. found.OrderByDescending(metadata => metadata.Backup.Timestamp)];
    }

    /// <summary>Removes backups whose retention is over, never the newest one.</summary>
    /// <returns>What was removed.</returns>
    public async Task<ImmutableArray<string>> ExpireAsync(string environment, CancellationToken cancellation)
    {
        var expired = (await ListAsync(environment, cancellation))
            .Skip(1)
            .Where(metadata => metadata.Backup.RetainUntil < time.GetUtcNow());
        var removed = ImmutableArray.CreateBuilder<string>();
        foreach (var metadata in expired)
        {
            var name = BackupName.Of(environment, metadata.Backup.DeploymentId, metadata.Backup.Format);
            // The metadata goes first: what remains if the next line fails is no backup any more.
            await store.DeleteAsync(name.Metadata, cancellation);
            await store.DeleteAsync(name.Object, cancellation);
            removed.Add(name.Object);
        }
        return removed.ToImmutable();
    }

    public static async Task<BackupMetadata> ReadMetadataAsync(
        IBackupStore store,
        BackupName name,
        CancellationToken cancellation
    )
    {
        await using var stream = await store.OpenReadAsync(name.Metadata, cancellation);
        using var text = new MemoryStream();
        var buffer = new byte[81920];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            text.Write(buffer, 0, count);
            if (text.Length > MetadataLimit)
                throw new PipelineException(
                    $"'{name.Metadata}' is larger than {MetadataLimit} bytes",
                    expected: "metadata of a backup"
                );
        }
        var metadata = BackupMetadata.Parse(
            System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length),
            name.Metadata
        );
        return metadata.Backup.DeploymentId == name.DeploymentId && metadata.Environment == name.Environment
            ? metadata
            : throw new PipelineException(
                $"'{name.Metadata}' describes the backup of '{metadata.Environment}', '{metadata.Backup.DeploymentId}'",
                expected: $"'{name.Environment}', '{name.DeploymentId}'"
            );
    }
}
