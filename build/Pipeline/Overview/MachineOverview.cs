using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Status;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>The environments that this machine can see: the one that is asked for, or all.</summary>
public sealed class MachineOverview(DeploymentContext context)
{
    private ImmutableArray<EnvironmentConfiguration> Wanted =>
        context.Request.Environment is null
            ? [.. context.Configured.Demand().Environments.Values]
            : [context.Destination];

    public async Task<ImmutableArray<EnvironmentStatus>> ReadAsync(CancellationToken cancellation)
    {
        var all = ImmutableArray.CreateBuilder<EnvironmentStatus>();
        foreach (var environment in Wanted)
            all.Add(await ReadAsync(environment, cancellation));
        return all.ToImmutable();
    }

    private async Task<EnvironmentStatus> ReadAsync(
        EnvironmentConfiguration environment,
        CancellationToken cancellation
    )
    {
        try
        {
            _ = environment.Waves(context.Request.Region);
            var site = context.SiteOf(environment);
            return site.Exists
                ? await new EnvironmentReading(context, environment.Name, site).ReadAsync(
                    await LedgerAsync(environment, site, cancellation),
                    cancellation
                )
                : new(environment.Name) { Unknown = "nothing was deployed here from this machine" };
        }
        catch (PipelineException closed) when (context.Request.Environment is null)
        {
            return new(environment.Name) { Unknown = closed.Message };
        }
    }

    /// <summary>With <c>--verify</c> the newest entry is held against the environment's tag, too.</summary>
    private async Task<DeploymentLedger> LedgerAsync(
        EnvironmentConfiguration environment,
        ISite site,
        CancellationToken cancellation
    )
    {
        var book = new LedgerBook(context, site, environment.Name);
        if (!context.Request.Verify)
            return await book.ReadAsync(cancellation);
        var project = context.SubProject.Path;
        var tag = await context.Workbench.Git.RemoteRefAsync(
            site.Remote,
            "refs/tags/" + EnvironmentTag.NameOf(project, environment.Name),
            cancellation
        );
        return await book.ReadAsync(cancellation, tag?.Commit, project);
    }
}
