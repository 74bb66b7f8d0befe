using System.Collections.Immutable;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>The version that serves while the database is migrated under it: it must not have noticed.</summary>
public sealed class MigratedSchema(StageRun run)
{
    /// <summary>Runs the smoke checks of the version before against the migrated schema, before any traffic is shifted.</summary>
    /// <exception cref="PipelineException">It fails now: the migration broke it.</exception>
    public async Task DemandUnharmedAsync(Release release, MigrationResult migration)
    {
        if (release.PreviousVersion is not { } serving || migration.Applied.IsEmpty)
            return;
        var site = run.Context.Site;
        var sides = await SidesAsync(serving);
        var checks = await new SmokeChecks(run.Context.Destination, run.Context.Time).RunAsync(
            sides,
            await site.DatabaseUrlAsync(run.Cancellation),
            run.Cancellation,
            isOlder: true
        );
        if (checks.Where(check => !check.Passed).ToArray() is { Length: > 0 } failed)
            throw new PipelineException(
                $"{serving} serves and does not work with the migrated schema: "
                    + string.Join("; ", failed.Select(check => $"{check.Title} {check.Target}: {check.Detail}")),
                "migrations that the version before works with (expand first, contract a release later)",
                $"./build.sh --target=RestoreDatabase --deployment-id={run.Id} --force --reason='the migration broke {serving}'"
            );
        run.Info($"{serving} works with the migrated schema: {checks.Length} smoke checks passed");
    }

    /// <summary>Every region, whichever is deployed to, with the version that serves there: they share the database.</summary>
    private async Task<ImmutableArray<(Serving, ProjectVersion)>> SidesAsync(ProjectVersion serving)
    {
        var sides = ImmutableArray.CreateBuilder<(Serving, ProjectVersion)>();
        foreach (
            var side in await run.Context.Site.ServingAsync(
                run.Folder,
                run.Folder.Read<InfrastructureOutputs>(),
                region: null,
                run.Cancellation
            )
        )
            if (side.Region is null)
                sides.Add((side, serving));
            else if ((await side.Workload.ReadAsync(Arm.Stable, run.Cancellation)).Version is { } version)
                sides.Add((side, version));
        return sides.ToImmutable();
    }
}
