using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Builds;
using Slipway.Checks;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Smoke;
using Slipway.Validation;

namespace Slipway.Runs;

/// <param name="Name">The stage's target, e.g. <c>BuildApk</c>.</param>
/// <param name="FileName">Its output, relative to the run folder.</param>
/// <param name="Needs">Stages whose output it waits for.</param>
/// <param name="Title">For people.</param>
public sealed record RunStage(string Name, string FileName, ImmutableArray<string> Needs, string Title);

/// <summary>The stages of a deployment in their order, what each waits for, and the file that each leaves.</summary>
public static class RunPlan
{
    public static ImmutableArray<RunStage> Stages { get; } =
    [
        new("ValidateRelease", Release.FileName, [], "Validate the release"),
        new("PreDeploymentChecks", ChecksResult.FileName, ["ValidateRelease"], "Pre-deployment checks"),
        new("BuildApk", ApkArtifact.FileName, ["PreDeploymentChecks"], "Build the Android package"),
        new("BuildImages", ImageSet.FileName, ["PreDeploymentChecks"], "Build the images"),
        new("Backup", BackupResult.FileName, ["PreDeploymentChecks"], "Back up the database and prove it"),
        new("TerraformPlan", InfrastructurePlan.FileName, ["PreDeploymentChecks"], "Plan the infrastructure"),
        new(
            "TerraformDeploy",
            InfrastructureOutputs.FileName,
            ["BuildApk", "BuildImages", "Backup", "TerraformPlan"],
            "Apply the infrastructure"
        ),
        new("Migrate", MigrationResult.FileName, ["TerraformDeploy"], "Migrate the database"),
        new("Rollout", RolloutResult.FileName, ["Migrate"], "Roll out step by step"),
        new("Smoke", SmokeResult.FileName, ["Rollout"], "Smoke tests"),
        new("ProductionValidation", ValidationResult.FileName, ["Smoke"], "Validate as a user"),
        new("Record", DeploymentRecord.FileName, ["ProductionValidation"], "Record the deployment"),
    ];

    public static RunStage Stage(string name) => Stages.First(stage => stage.Name == name);
}
