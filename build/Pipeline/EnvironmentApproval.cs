using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Releases;

namespace Slipway.Pipeline;

/// <summary>
/// Before a deployment to an environment that requires approval: asked last, when everything else is green, and before
/// anything is built or touched. In GitHub the job's environment protection has asked already.
/// </summary>
public sealed class EnvironmentApproval(DeploymentContext context)
{
    /// <exception cref="PipelineException">Nobody can be asked, or the answer was not yes (exit 11): nothing was changed.</exception>
    public CheckResult Ask(Release release, CancellationToken cancellation)
    {
        var environment = context.Destination.Name;
        if (!context.Destination.RequiresApproval)
            return new(CheckNames.Approval, CheckStatus.NotApplicable, $"{environment} asks nobody");
        if (context.Request.Yes)
            return Given(context.Request.Reason!);
        if (context.Origin.IsGitHub)
            return new(
                CheckNames.Approval,
                CheckStatus.Passed,
                $"left to the protection of GitHub's environment {environment} (run {context.Origin.RunId})"
            );
        if (context.Host.Ask is not { } ask)
            throw new PipelineException(
                ExitCode.Held,
                $"a deployment of {release.Version} to {environment} needs a person's approval: nothing was changed",
                "a yes at a terminal, or on the command line",
                $"./build.sh --target=Deploy --environment={environment} --resume --deployment-id={release.DeploymentId} --yes --reason=\"why\""
            );
        var answer = ask(
            $"{release.Version} goes to {environment}, where {release.PreviousVersion?.FullVersion ?? "nothing"} serves. Type the environment's name to approve:",
            cancellation
        );
        if (answer?.Trim() != environment)
            throw new PipelineException(ExitCode.Held, "not approved: nothing was changed");
        return Given("at the terminal");
    }

    private CheckResult Given(string how) =>
        new(CheckNames.Approval, CheckStatus.Passed, $"approved by {context.Origin.Actor}: {how}");
}
