using Slipway.Environments;
using Slipway.Outcomes;

namespace Slipway.Pipeline.Sites;

/// <summary>Opens the world of an environment by its engine.</summary>
public sealed class SiteFactory(
    Configured configured,
    Workbench tools,
    Request request,
    Origin origin,
    EnvironmentVault vault,
    Func<string, string?> variable
)
{
    /// <exception cref="PipelineException">The engine's cloud is not wired yet: what is missing is said, nothing is started.</exception>
    public ISite Open(EnvironmentConfiguration environment) =>
        environment.Engine is EngineKind.Process or EngineKind.Docker && environment.Terraform is { Backend: "local" }
            ? Sandbox(environment)
            : throw new PipelineException(
                ExitCode.Usage,
                $"a deployment to {environment.Name} needs the engine «{environment.Engine.ToString().ToLowerInvariant()}», which this version cannot drive yet: "
                    + "missing are its Terraform layer, its router (load balancer weights) and its workload adapter",
                "an environment whose engine is process or docker on this machine",
                "--environment=sandbox"
            );

    /// <summary>The sandbox of this checkout, for the targets that are about nothing else.</summary>
    public SandboxSite Sandbox(EnvironmentConfiguration environment) =>
        new(
            environment,
            new SandboxArms(environment, configured.SubProject, tools, request.Engine),
            tools,
            vault,
            origin.Actor,
            variable(Tools.SandboxRoot.Variable)
        );
}
