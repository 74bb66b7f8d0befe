using Slipway.Outcomes;

namespace Slipway.Backups;

/// <summary>Where a backup stands in its store.</summary>
public sealed record BackupName
{
    private const string Ending = ".sql.gz";

    private BackupName(string environment, string deploymentId)
    {
        Environment = environment;
        DeploymentId = deploymentId;
    }

    public string Environment { get; }

    public string DeploymentId { get; }

    /// <summary><c>backup-&lt;deployment-id&gt;</c>.</summary>
    public string Id => $"backup-{DeploymentId}";

    public string Object => $"{Environment}/{Id}{Ending}";

    /// <summary>Written last, when the backup is proven: an object without it is not a backup.</summary>
    public string Metadata => $"{Environment}/{Id}.json";

    /// <summary>Fixes the <c>\restrict</c> token of the dump, so that equal content is equal bytes.</summary>
    public string RestrictKey => string.Concat(DeploymentId.Where(char.IsAsciiLetterOrDigit));

    public static BackupName Of(string environment, string deploymentId) =>
        IsPlain(environment) && IsPlain(deploymentId)
            ? new BackupName(environment, deploymentId)
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
        var parts = name.Split('/');
        return
            parts is [var environment, var file]
            && file.StartsWith("backup-", StringComparison.Ordinal)
            && file.EndsWith(Ending, StringComparison.Ordinal)
            && file.Length > "backup-".Length + Ending.Length
            && file["backup-".Length..^Ending.Length] is var id
            && IsPlain(environment)
            && IsPlain(id)
            ? new BackupName(environment, id)
            : null;
    }

    private static bool IsPlain(string text) =>
        text.Length is > 0 and <= 200
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
