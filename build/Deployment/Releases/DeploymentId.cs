using System.Globalization;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Releases;

/// <summary>
/// Names of deployments: <c>deploy-yyyyMMdd-HHmmss-&lt;first 6 of the sha&gt;</c>, UTC. They are folder names, parts of refs
/// and of database object names, so nothing else is ever taken for one.
/// </summary>
public static class DeploymentId
{
    public const string Grammar = "deploy-yyyyMMdd-HHmmss-<first 6 hex digits of the commit>";

    private const string Prefix = "deploy-";
    private const string Stamp = "yyyyMMdd-HHmmss";

    /// <summary>The id of a deployment that starts now; on a clash the next second that is free.</summary>
    /// <param name="existing">Ids that are taken: run folders and ledger entries.</param>
    public static string Next(DateTimeOffset now, string commitSha, IReadOnlySet<string> existing)
    {
        if (!Tag.IsCommitSha(commitSha))
            throw new PipelineException($"{QuotedText.Of(commitSha)} is not a commit", "40 hex digits");
        for (var time = now.UtcDateTime; ; time = time.AddSeconds(1))
        {
            var id = $"{Prefix}{time.ToString(Stamp, CultureInfo.InvariantCulture)}-{commitSha[..6]}";
            if (!existing.Contains(id))
                return id;
        }
    }

    public static bool IsValid(string? text) => StartedAt(text) is not null;

    /// <summary>The second that an id names; null for what is no id.</summary>
    public static DateTimeOffset? StartedAt(string? text) =>
        text is { Length: 29 }
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text[22] == '-'
        && text[23..].All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f')
        && DateTime.TryParseExact(
            text[Prefix.Length..22],
            Stamp,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? new DateTimeOffset(time)
            : null;

    /// <exception cref="PipelineException">Not an id.</exception>
    public static string Demand(string text) =>
        IsValid(text)
            ? text
            : throw new PipelineException(ExitCode.Usage, $"{QuotedText.Of(text)} is not a deployment id", Grammar);
}
