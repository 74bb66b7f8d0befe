using Cake.Frosting;
using Slipway.Outcomes;

namespace Slipway.Pipeline.Tasks;

[TaskName("Secrets")]
[TaskDescription("Checks secrets.enc without a key; --names, --init, --set=NAME, --remove=NAME, --rotate, --edit")]
public sealed class Secrets : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var desk = new SecretsDesk(context);
        var environments = context.Configured.DemandButSecretsFiles();
        var request = context.Request;
        if (request.Secrets.Action == SecretsAction.Check)
            await desk.CheckAsync(
                request.Environment is null
                    ? environments.Environments.Values
                    : [environments.Environment(request.Environment)],
                context.WriteResult
            );
        else if (request.Environment is null)
            throw new PipelineException(
                ExitCode.Usage,
                "whose secrets?",
                $"--environment=one of {string.Join(", ", environments.EnvironmentNames)}"
            );
        else if (request.Secrets.Action == SecretsAction.Names)
            await desk.NamesAsync(environments.Environment(request.Environment));
        else
            await desk.ChangeAsync(environments.Environment(request.Environment), request.Secrets);
    }
}
