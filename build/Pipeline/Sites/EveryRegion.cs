using System.Collections.Immutable;
using Cake.Core.Diagnostics;
using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Pipeline.Sites;

/// <summary>What is done, or asked, in one region after the other.</summary>
public static class EveryRegion
{
    /// <summary>Does it in each; what fails in one does not stop the others, and is told together with what was done.</summary>
    /// <returns>What was done, without the regions where there was nothing to do.</returns>
    /// <exception cref="PipelineException">It failed somewhere; exit 11 when there are several regions: a person has to look.</exception>
    public static async Task<ImmutableArray<string>> DoAsync(
        IEnumerable<Serving> sides,
        Func<Serving, Task<string?>> act
    )
    {
        var done = ImmutableArray.CreateBuilder<string>();
        var stuck = new List<(Serving Side, PipelineException Failure)>();
        foreach (var side in sides)
            try
            {
                if (await act(side) is { } said)
                    done.Add(side.Say(said));
            }
            catch (PipelineException failure)
            {
                stuck.Add((side, failure));
            }
        return stuck switch
        {
            [] => done.ToImmutable(),
            [({ Region: null }, var only)] => throw only,
            _ => throw new PipelineException(
                ExitCode.Held,
                string.Join('\n', [.. done, .. stuck.Select(one => one.Side.Say(one.Failure.Message))]),
                stuck[0].Failure.Expected,
                string.Join("; ", stuck.Select(one => one.Failure.Next).OfType<string>().Distinct()),
                stuck[0].Failure
            ),
        };
    }

    /// <summary>Region → version that has all traffic there; null where nothing serves.</summary>
    /// <exception cref="PipelineException">A router does not answer, or there is nothing here yet.</exception>
    public static async Task<ImmutableArray<(string Region, ProjectVersion? Version)>> ServingAsync(
        ISite site,
        string? region,
        CancellationToken cancellation
    )
    {
        var serving = ImmutableArray.CreateBuilder<(string, ProjectVersion?)>();
        foreach (var side in await site.LookAsync(region, cancellation))
            serving.Add((side.Region ?? "", (await side.Workload.ReadAsync(Arm.Stable, cancellation)).Version));
        return serving.ToImmutable();
    }

    /// <summary>
    /// Whether the version may follow what is in service. With regions the routers are asked, because the tag names only
    /// what serves in all of them; where they cannot be, the tag has to do.
    /// </summary>
    public static async Task<CheckResult> CheckOrderAsync(
        DeploymentContext context,
        Release release,
        string? reason,
        CancellationToken cancellation
    )
    {
        if (!context.Destination.Regions.IsEmpty)
            try
            {
                var serving = await ServingAsync(context.Site, release.Region, cancellation);
                return VersionInService.Check(release.Version, serving, reason);
            }
            catch (PipelineException silent)
            {
                context.Log.Information(
                    "what serves in the regions cannot be asked ({0}): the version that the tag {1} names is compared",
                    silent.Message,
                    context.Destination.Name
                );
            }
        return VersionInService.Check(release.Version, release.PreviousVersion, reason);
    }

    /// <summary>
    /// Why the environment's tag stays where it is; null when it may move. It names what serves in every region, so it
    /// waits for the last of them.
    /// </summary>
    public static async Task<string?> WhyTheTagStaysAsync(
        DeploymentContext context,
        ProjectVersion version,
        CancellationToken cancellation
    )
    {
        if (context.Destination.Regions.IsEmpty)
            return null;
        var others = (await ServingAsync(context.Site, region: null, cancellation))
            .Where(one => one.Version != version)
            .ToArray();
        return others.Length == 0
            ? null
            : $"the tag {context.Destination.Name} stays where it is: "
                + string.Join(
                    ", ",
                    others.Select(one => $"{one.Version?.FullVersion ?? "nothing"} serves in {one.Region}")
                )
                + $"; it moves when every region serves {version}";
    }
}
