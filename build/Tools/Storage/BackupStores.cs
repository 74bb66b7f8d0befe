using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>The store that an environment's <c>backup.store</c> names.</summary>
public static class BackupStores
{
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
