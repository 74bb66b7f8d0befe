using Cake.Frosting;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateSecrets")]
[TaskDescription(
    "Every environment's secrets.enc is encrypted, for its recipients alone, and holds its names; needs no key"
)]
public sealed class ValidateSecrets : CheckTask
{
    protected override Task CheckAsync(DeploymentContext context) =>
        new SecretsDesk(context).CheckAsync(
            context.Configured.DemandButSecretsFiles().Environments.Values,
            context.Say
        );
}
