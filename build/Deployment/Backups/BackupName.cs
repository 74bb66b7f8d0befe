using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Backups;

/// <summary>Where a backup stands in its store.</summary>
public sealed record BackupName
{
    // None is the end of another, so an object's name says what it is.
    private static readonly ImmutableArray<(BackupFormat Format, string Ending)> Endings =
    [
        (BackupFormat.Sql, ".sql.gz"),
        (BackupFormat.Directory, ".dir.tar"),
    ];

    private BackupName(string environment, string deploymentId, BackupFormat format)
    {
        Environment = environment;
        DeploymentId = deploymentId;
        Format = format;
    }

    public string Environment { get; }

    public string DeploymentId { get; }

    public BackupFormat Format { get; private init; }

    /// <summary><c>backup-&lt;deployment-id&gt;</c>.</summary>
    public string Id => $"backup-{DeploymentId}";

    public string Object => $"{Environment}/{Id}{Endings.First(known => known.Format == Format).Ending}";

    /// <summary>Written last, when the backup is proven: an object without it is not a backup. A deployment has one, in whichever format.</summary>
    public string Metadata => $"{Environment}/{Id}.json";

    /// <summary>Fixes the <c>\restrict</c> token of the dump, so that equal content is equal bytes.</summary>
    public string RestrictKey => string.Concat(DeploymentId.Where(char.IsAsciiLetterOrDigit));

    /// <summary>The names that the deployment's backup has in each format.</summary>
    public IEnumerable<BackupName> InEveryFormat => Endings.Select(known => In(known.Format));

    public BackupName In(BackupFormat format) => this with { Format = format };

    public static BackupName Of(string environment, string deploymentId, BackupFormat format = BackupFormat.Sql) =>
        IsPlain(environment) && IsPlain(deploymentId)
            ? new BackupName(environment, deploymentId, format)
            : throw new PipelineException(
                ExitCode.Usage,
                $"a backup cannot be named after environment '{environment}' and deployment '{deploymentId}'",
                expected: "letters, digits, '-' and '_' in both"
            );

    /// <param name="id">As <see cref="Id"/> prints it.</param>
    public static BackupName OfId(string environment, string id) =>
        id.StartsWith("backup-", StringComparison.Ordinal)
            ? Of(environment, id["backup-".Length..])
            : throw new PipelineException(
                ExitCode.Usage,
                $"«{id}» is no backup's id",
                "backup-<deployment-id>, e.g. backup-deploy-20260131-120000-abc123"
            );

    /// <summary>The backup that an object's name speaks of; null for any other object.</summary>
    public static BackupName? OfObject(string name)
    {
        if (
            name.Split('/') is not [var environment, var file]
            || !file.StartsWith("backup-", StringComparison.Ordinal)
            || !IsPlain(environment)
        )
            return null;
        foreach (var (format, ending) in Endings)
        {
            if (
                file.EndsWith(ending, StringComparison.Ordinal)
                && file.Length > "backup-".Length + ending.Length
                && file["backup-".Length..^ending.Length] is var id
                && IsPlain(id)
            )
                return new BackupName(environment, id, format);
        }
        return null;
    }

    /// <param name="location">Path or URL of an object.</param>
    public static bool IsOf(string location, BackupFormat format) =>
        location.EndsWith(Endings.First(known => known.Format == format).Ending, StringComparison.Ordinal);

    private static bool IsPlain(string text) =>
        text.Length is > 0 and <= 200
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
