using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Runs;

namespace Slipway.Validation;

/// <param name="FlowFileName">e.g. <c>enrol-and-see-course.yml</c>.</param>
/// <param name="ExitCode">0 passed.</param>
/// <param name="ArtifactPaths">Screenshots and logs, paths in the run folder.</param>
public sealed record FlowResult(
    string FlowFileName,
    int ExitCode,
    long DurationMilliseconds,
    string Detail,
    ImmutableArray<string> ArtifactPaths
)
{
    /// <summary>Null where the environment has no regions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }

    /// <summary>For people.</summary>
    [JsonIgnore]
    public string Title => Region is null ? FlowFileName : $"{Region} {FlowFileName}";
}

/// <summary>Output of ProductionValidation.</summary>
public sealed record ValidationResult : StageOutput, IStageFile
{
    public static string FileName => "validation/validation.json";

    /// <summary><c>android</c> or <c>web</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>Why the web flows ran and not the Android ones; null on Android.</summary>
    public string? PlatformReason { get; init; }

    /// <summary>SHA-256 of the <c>build_production.apk</c> that was validated; null when the sub-project has no APK.</summary>
    public string? ApkSha256 { get; init; }

    public required ImmutableArray<FlowResult> Flows { get; init; }

    public bool SkipDataCleanup { get; init; } = true;

    public bool FrontendMayDeploy { get; init; }

    /// <summary>JUnit file, path in the run folder; of the first region where there are several.</summary>
    public string? JUnit { get; init; }
}
