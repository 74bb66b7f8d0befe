using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Releases;

/// <summary>Output of ValidateRelease: the version at a commit, and where this deployment is to bring it.</summary>
public sealed record Release : StageOutput, IStageFile
{
    public static string FileName => "release.json";

    public required ProjectVersion Version { get; init; }

    /// <summary>40 hex digits.</summary>
    public required string CommitSha { get; init; }

    /// <summary>The git ref it was found by, e.g. <c>refs/tags/v1.2.3</c>.</summary>
    public required string GitRef { get; init; }

    public required string Environment { get; init; }

    public string? Region { get; init; }

    /// <summary>What the environment tag names when the deployment starts; null on a first deployment.</summary>
    public ProjectVersion? PreviousVersion { get; init; }

    /// <summary>The commit that the environment tag points at when the deployment starts; null on a first deployment.</summary>
    public string? PreviousCommitSha { get; init; }

    /// <summary>GitHub actor, or the user of this machine.</summary>
    public required string TriggeredBy { get; init; }

    /// <summary>GitHub Actions run id; <c>local</c> outside GitHub.</summary>
    public string WorkflowRunId { get; init; } = "local";

    /// <summary>What was overridden by <c>--force</c> and the reason given; null when nothing was.</summary>
    public string? ForceReason { get; init; }

    /// <summary>The fault asked for with <c>--sandbox-fault</c>; sandbox only.</summary>
    public string? SandboxFault { get; init; }
}
