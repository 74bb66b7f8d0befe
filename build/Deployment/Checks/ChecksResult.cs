using System.Collections.Immutable;
using Slipway.Runs;

namespace Slipway.Checks;

public enum CheckStatus
{
    Passed,
    Warning,
    Failed,
    Pending,
    Missing,
    NotApplicable,
}

/// <param name="Name">What was checked, as its source names it.</param>
/// <param name="Detail">What was found, and what was expected when it is not <see cref="CheckStatus.Passed"/>.</param>
/// <param name="Url">Where to look; null when there is no page.</param>
public sealed record CheckResult(string Name, CheckStatus Status, string Detail, string? Url = null)
{
    public bool Blocks => Status is CheckStatus.Failed or CheckStatus.Pending or CheckStatus.Missing;
}

/// <summary>Output of PreDeploymentChecks.</summary>
public sealed record ChecksResult : StageOutput, IStageFile
{
    public static string FileName => "checks.json";

    public required ImmutableArray<CheckResult> Checks { get; init; }

    /// <summary>
    /// Of the encrypted secrets file that this deployment opened, lower-case hexadecimal digits; null where none is
    /// declared. Nothing inside the file says that it is not an older one put back: the record does.
    /// </summary>
    public string? SecretsSha256 { get; init; }
}
