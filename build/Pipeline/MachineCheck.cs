using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Toolbox;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>What the machine has of the one list of tools: shown by Doctor, installed by Bootstrap, demanded before a run.</summary>
public sealed class MachineCheck(Workbench tools)
{
    /// <summary>A table: tool, version found, version needed, state, and the command that installs it.</summary>
    public async Task<string> DescribeAsync(CancellationToken cancellation)
    {
        var statuses = await tools.Installed.InspectAsync(ToolCatalogue.All, cancellation);
        var text = new StringBuilder();
        var width = statuses.Max(status => status.Tool.Name.Length);
        foreach (var status in statuses)
            text.Append(CultureInfo.InvariantCulture, $"{Sign(status)} {status.Tool.Name.PadRight(width)}  {Found(status), -22}  {status.Tool.Purpose}")
                .Append(status.Install is { } install ? $"\n  {new string(' ', width)}  → {install}" : "")
                .Append('\n');
        var lacking = statuses.Count(status => status.State != ToolState.Present && !status.Tool.IsOptional);
        return text.Append(lacking == 0 ? "everything that is needed is here" : $"{lacking} lacking; ./build.sh --target=Bootstrap installs what can be installed")
            .ToString();
    }

    /// <exception cref="PipelineException">Something that is needed has to be installed by hand: it is named with its command.</exception>
    public async Task InstallAsync(bool optional, Action<string> say, CancellationToken cancellation)
    {
        var wanted = ToolCatalogue.All.Select(tool => optional ? tool with { IsOptional = false } : tool);
        await InstallAsync(await tools.Installed.InspectAsync(wanted, cancellation), say, cancellation);
    }

    /// <summary>Refuses to start what would stop half-way for a missing program; on the sandbox it is installed where it can be.</summary>
    public async Task DemandAsync(
        IReadOnlyCollection<string> targets,
        EngineKind engine,
        bool mayInstall,
        Action<string> say,
        CancellationToken cancellation
    )
    {
        var needed = ToolCatalogue.All.Where(tool => !tool.IsOptional && targets.Any(target => tool.IsNeededFor(target, engine))).ToArray();
        if (mayInstall)
        {
            var lacking = (await tools.Installed.InspectAsync(needed, cancellation)).Where(status => status.State != ToolState.Present).ToImmutableArray();
            if (!lacking.IsEmpty)
                await InstallAsync(lacking, say, cancellation);
        }
        await tools.Installed.RequireAsync(needed, cancellation);
    }

    private async Task InstallAsync(ImmutableArray<ToolStatus> statuses, Action<string> say, CancellationToken cancellation)
    {
        var plan = InstallPlan.For(statuses, Machine.Kind(), await Machine.RightsAsync(tools.Runner, cancellation));
        foreach (var command in plan.Commands)
            say(string.Join(' ', command));
        await tools.Installer.InstallAsync(plan, line => say(line.Text), cancellation);
        if (!plan.ByHand.IsEmpty)
            throw new PipelineException(
                ExitCode.Usage,
                $"to be installed by hand: {string.Join("; ", plan.ByHand.Select(one => $"{one.Tool}: {one.What}"))}",
                next: "then the same command again"
            );
        say(plan.IsEmpty ? "everything that is needed is here" : "installed");
    }

    private static string Sign(ToolStatus status) =>
        status.State == ToolState.Present ? "✓" : status.Tool.IsOptional ? "·" : "✗";

    private static string Found(ToolStatus status) =>
        status.State switch
        {
            ToolState.Present => status.Version?.ToString() ?? "here",
            ToolState.TooOld => $"{status.Version?.ToString() ?? "?"}, needs {status.Tool.Minimum}",
            _ => status.Tool.IsOptional ? "missing (optional)" : "missing",
        };
}
