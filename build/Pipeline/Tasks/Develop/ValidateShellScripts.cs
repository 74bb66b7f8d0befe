using Cake.Frosting;
using Slipway.Toolbox;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateShellScripts")]
[TaskDescription("Shell scripts are clean for shellcheck")]
public sealed class ValidateShellScripts : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var scripts = await context.Workbench.ShellScriptsAsync(context.Cancellation);
        var shellcheck = new Shellcheck(context.Workbench.Runner, context.Workbench.Installed.PathOf(ToolCatalogue.Shellcheck));
        Judge(context, await shellcheck.CheckAsync(context.Workbench.Root, scripts, context.Cancellation), "mend the script, or disable the rule on its line with the reason");
        context.Say($"{scripts.Length} scripts are clean");
    }
}
