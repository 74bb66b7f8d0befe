using Cake.Frosting;
using Slipway.Backups;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("Migrate")]
[TaskDescription("Judges the pending migrations and applies them with time-outs; refuses without a proven backup")]
[IsDependentOn(typeof(TerraformDeploy))]
public sealed class Migrate : Stage<MigrationResult>
{
    private const string Statements = "migration/statements.ndjson";

    protected override async Task<MigrationResult> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        var backup = await run.ReadAsync<BackupResult>();
        await run.ReadAsync<InfrastructureOutputs>();
        if (
            run.Context.SubProject.Migrations is not { } settings
            || run.Context.Destination.Database is not { } database
        )
            return new()
            {
                DeploymentId = run.Id,
                Outcome = StageOutcome.NotApplicable,
                Reason = "no migrations are configured, or the environment has no database",
            };
        using var source = await MigrationSource.ExportAsync(run.Context, release, settings, run.Cancellation);
        var result = await new MigrationRunner(run.Context.Workbench.Runner, run.Context.Time).RunAsync(
            new MigrationRequest
            {
                DeploymentId = run.Id,
                Environment = release.Environment,
                Database = PostgresUrl.Parse(await run.DemandDatabaseAsync()),
                Tool = source.Tool,
                Backup = backup,
                ProofRule = run.ProofRule,
                LockTimeout = database.LockTimeout ?? TimeSpan.FromSeconds(5),
                StatementTimeout = database.StatementTimeout ?? TimeSpan.FromMinutes(10),
                Readers = await source.ReadersAsync(release, run.Cancellation),
                ForceReason = run.Context.Request.Force ? run.Context.Request.Reason : null,
                StatementLog = run.Folder.PathOf(Statements),
                Redact = run.Context.Workbench.Redactor.Redact,
            },
            new StatementLines(run),
            run.Cancellation
        );
        foreach (var applied in result.Applied)
            run.Info($"applied {applied.File} ({applied.Class}) in {applied.Seconds:0.000} s");
        run.Info($"{result.Applied.Length} migrations applied");
        await new MigratedSchema(run).DemandUnharmedAsync(release, result);
        return result with { StatementLog = result.StatementLog is null ? null : Statements };
    }
}
