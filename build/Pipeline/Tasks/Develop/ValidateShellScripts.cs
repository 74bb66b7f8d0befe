using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Toolbox;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateShellScripts")]
[TaskDescription("Shell scripts are clean for shellcheck")]
public sealed class ValidateShellScripts : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var scripts = ShellScripts.Find(context.Workbench.Root);
        var shellcheck = new Shellcheck(context.Workbench.Runner, context.Workbench.Installed.PathOf(ToolCatalogue.Shellcheck));
        var findings = await shellcheck.CheckAsync(context.Workbench.Root, scripts, context.Cancellation);
        if (!findings.IsEmpty)
            throw new PipelineException(
                string.Join('\n', findings),
                next: "mend the script, or disable the rule on its line with the reason"
            );
        context.Say($"{scripts.Length} scripts are clean");
    }
}
