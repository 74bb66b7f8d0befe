using Cake.Frosting;
using Slipway.Pipeline.Tasks;

namespace Slipway.Pipeline;

// THE TABLE OF CONTENTS: the targets that are made of others, top to bottom.

/// <summary>
/// ValidateRelease ─ PreDeploymentChecks ─┬─ BuildApk ──────┐
///                                        ├─ BuildImages ───┤
///                                        ├─ Backup ────────┼─ TerraformDeploy ─ Migrate ─ Rollout ─ Smoke ─ ProductionValidation ─ Record ─ Report
///                                        └─ TerraformPlan ─┘
/// </summary>
[TaskName("Deploy")]
[TaskDescription(
    "Brings a release to an environment: build, verified backup, migrate, gradual rollout, validate, record"
)]
[IsDependentOn(typeof(Report))]
public sealed class Deploy : AsyncFrostingTask<DeploymentContext>
{
    public override Task RunAsync(DeploymentContext context) => new AfterDeployment(context).RunAsync();
}

[TaskName("Validate")]
[TaskDescription("Everything that can be checked without deploying, each check as its own task")]
[IsDependentOn(typeof(ValidateConfiguration))]
[IsDependentOn(typeof(ValidateSecrets))]
[IsDependentOn(typeof(ValidateTags))]
[IsDependentOn(typeof(ValidateTerraform))]
[IsDependentOn(typeof(ValidateMigrations))]
[IsDependentOn(typeof(ValidateFlows))]
[IsDependentOn(typeof(ValidateShellScripts))]
[IsDependentOn(typeof(ValidateFormatting))]
public sealed class Validate : FrostingTask<DeploymentContext>;

[TaskName("Default")]
[TaskDescription("The same as Validate")]
[IsDependentOn(typeof(Validate))]
public sealed class Default : FrostingTask<DeploymentContext>;
