using Slipway.Backups;
using Slipway.Builds;
using Slipway.Checks;
using Slipway.Environments;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Smoke;
using Slipway.Validation;

namespace Slipway.Runs;

/// <summary>What the run folder of a deployment holds so far; null for a stage that has not written its file.</summary>
public sealed record RunOutputs(Release Release, EnvironmentConfiguration Environment)
{
    public ChecksResult? Checks { get; init; }

    public ApkArtifact? Apk { get; init; }

    public ImageSet? Images { get; init; }

    public BackupResult? Backup { get; init; }

    public InfrastructurePlan? Plan { get; init; }

    public InfrastructureOutputs? Infrastructure { get; init; }

    public MigrationResult? Migration { get; init; }

    public RolloutResult? Rollout { get; init; }

    public SmokeResult? Smoke { get; init; }

    public ValidationResult? Validation { get; init; }

    public DeploymentRecord? Record { get; init; }

    public string DeploymentId => Release.DeploymentId;

    /// <summary>The output of a stage of <see cref="RunPlan"/>.</summary>
    public StageOutput? Of(string stage) =>
        stage switch
        {
            "ValidateRelease" => Release,
            "PreDeploymentChecks" => Checks,
            "BuildApk" => Apk,
            "BuildImages" => Images,
            "Backup" => Backup,
            "TerraformPlan" => Plan,
            "TerraformDeploy" => Infrastructure,
            "Migrate" => Migration,
            "Rollout" => Rollout,
            "Smoke" => Smoke,
            "ProductionValidation" => Validation,
            "Record" => Record,
            _ => null,
        };
}

/// <summary>The stage that ended a deployment. All texts are redacted already.</summary>
/// <param name="Stage">As in <see cref="RunPlan"/>.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Next">What to type next.</param>
/// <param name="Command">The program that failed with its arguments; null when none did.</param>
/// <param name="OutputTail">The end of what it printed.</param>
public sealed record StageFailure(
    string Stage,
    string Message,
    DateTimeOffset At,
    string? Expected = null,
    string? Next = null,
    string? Command = null,
    int? ExitCode = null,
    string? OutputTail = null
);
