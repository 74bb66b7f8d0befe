using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>The store that an environment's <c>backup.store</c> names.</summary>
public static class BackupStores
{
    /// <param name="root">What a relative folder is relative to.</param>
    /// <param name="secret">The environment's secret of a name; null when it has none of it.</param>
    public static IBackupStore Open(BackupSettings settings, string root, Func<string, Secret?> secret)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Open(
            settings.Store,
            root,
            options =>
                options with
                {
                    Region = settings.Region,
                    Endpoint = settings.Endpoint,
                    AccessKeyId = Demand(settings.AccessKeySecret)?.Reveal(),
                    SecretAccessKey = Demand(settings.SecretKeySecret),
                    Checksums = settings.Checksums,
                    EncryptAtRest = settings.Encrypt,
                    KmsKeyId = settings.KmsKeyId,
                    ObjectLock = settings.ObjectLock,
                }
        );

        // A key that is named and not there must not become AWS's own chain: that could be another account's.
        Secret? Demand(string? name) =>
            name is null
                ? null
                : secret(name)
                    ?? throw new PipelineException(
                        ExitCode.Usage,
                        $"backup: the secret {name} is not in secrets.enc",
                        "the key of the backup store, as environment.json names it",
                        $"./build.sh --target=Secrets --set={name}, the value on standard input"
                    );
    }

    /// <param name="store"><c>file:&lt;folder&gt;</c> or <c>s3://bucket[/prefix]</c>.</param>
    /// <param name="root">What a relative folder is relative to.</param>
    /// <param name="s3">Settings beyond bucket and prefix: region, endpoint, credentials.</param>
    public static IBackupStore Open(string store, string root, Func<S3Options, S3Options>? s3 = null)
    {
        if (store.StartsWith("file:", StringComparison.Ordinal) && store.Length > "file:".Length)
        {
            var folder = store["file:".Length..];
            if (folder.StartsWith("///", StringComparison.Ordinal))
                folder = folder[2..];
            return new FolderStore(Path.Combine(root, folder));
        }
        if (store.StartsWith("s3://", StringComparison.Ordinal))
        {
            var parts = store["s3://".Length..].Trim('/').Split('/', 2);
            if (parts[0].Length > 0)
            {
                var options = new S3Options(parts[0], parts.Length > 1 ? parts[1] : "");
                return new S3Store(s3?.Invoke(options) ?? options);
            }
        }
        throw new PipelineException(
            ExitCode.Usage,
            $"backup.store: '{store}' is no store",
            expected: "file:<folder> or s3://<bucket>/<prefix>"
        );
    }
}
