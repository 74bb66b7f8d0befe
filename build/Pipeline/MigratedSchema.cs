using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Outcomes;
using Slipway.Releases;

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
        // Every region, whichever is deployed to: they share the database.
        var worlds = await site.ServingAsync(
            run.Folder,
            run.Folder.Read<InfrastructureOutputs>(),
            region: null,
            run.Cancellation
        );
        var checks = await new SmokeChecks(run.Context.Destination, run.Context.Time).RunAsync(
            worlds,
            serving,
            await site.DatabaseUrlAsync(run.Cancellation),
            run.Cancellation
        );
        if (checks.Where(check => !check.Passed).ToArray() is { Length: > 0 } failed)
            throw new PipelineException(
                $"{serving} serves and does not work with the migrated schema: "
                    + string.Join("; ", failed.Select(check => $"{check.Name} {check.Target}: {check.Detail}")),
                "migrations that the version before works with (expand first, contract a release later)",
                $"./build.sh --target=RestoreDatabase --deployment-id={run.Id} --force --reason='the migration broke {serving}'"
            );
        run.Info($"{serving} works with the migrated schema: {checks.Length} smoke checks passed");
    }
}
