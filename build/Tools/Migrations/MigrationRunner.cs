using System.Collections.Immutable;
using Npgsql;
using Slipway.Backups;
using Slipway.Migrations;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// Migrate, whole: demands the proven backup, takes the lock, looks for drift, judges what is pending, applies it under
/// time-outs with every statement measured, and verifies what the database says afterwards.
/// </summary>
public sealed class MigrationRunner(ICommandRunner runner, TimeProvider time)
{
    private const string LockName = "slipway:migrate";

    /// <summary>What <see cref="RunAsync"/> would apply, and whether it may. Changes nothing.</summary>
    public static async Task<MigrationPlan> PlanAsync(MigrationRequest request, CancellationToken cancellation)
    {
        var database = new MigrationDatabase(new Postgres(request.Database, ApplicationName(request)));
        var files = request.Tool.ReadFiles();
        var applied = await database.AppliedAsync(request.Tool, cancellation);
        var drift = MigrationLedger.Compare(files, applied, await database.RecordedAsync(cancellation));
        var known = applied.ToHashSet(StringComparer.Ordinal);
        ImmutableArray<MigrationFile> pending = [.. files.Where(file => !known.Contains(file.Version))];
        var classifier = new MigrationClassifier(HasLockTimeout: request.LockTimeout > TimeSpan.Zero);
        var findings = classifier.Classify(pending, await database.SchemaAsync(cancellation));
        return new MigrationPlan(
            applied,
            pending,
            findings,
            MigrationPolicy.Decide(findings, request.Readers, request.ForceReason),
            drift
        );
    }

    /// <exception cref="PipelineException">Refused, or failed: says what was applied, what was not, what to type.</exception>
    public async Task<MigrationResult> RunAsync(
        MigrationRequest request,
        IProgress<StatementTiming>? progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return await MigrateAsync(request, progress, cancellation);
        }
        catch (NpgsqlException failure)
        {
            throw new PipelineException(
                $"the migration of {request.Database} failed in the database: {failure.Message}",
                expected: "a user that may change the schema, and create the schema 'slipway' for checksums",
                next: $"psql {request.Database} -c 'select * from slipway.migration_checksums'",
                inner: failure
            );
        }
    }

    private async Task<MigrationResult> MigrateAsync(
        MigrationRequest request,
        IProgress<StatementTiming>? progress,
        CancellationToken cancellation
    )
    {
        var startedAt = time.GetUtcNow();
        var backup = request.ProofRule.Judge(request.Backup, request.DeploymentId, startedAt);
        if (backup.Refusal is { } missing)
        {
            throw new PipelineException(
                $"nothing is migrated without a proven backup: {missing}",
                expected: "a backup of this deployment that was restored and compared",
                next: $"./build.sh --target=Backup --exclusive --environment={request.Environment} --deployment-id={request.DeploymentId}"
            );
        }

        var postgres = new Postgres(request.Database, ApplicationName(request));
        var database = new MigrationDatabase(postgres);
        await using var held = await postgres.LockAsync(LockName, cancellation);
        var plan = await PlanAsync(request, cancellation);
        Demand(plan, request);

        var durations = new Dictionary<string, double>(StringComparer.Ordinal);
        if (!plan.Pending.IsEmpty)
            await ApplyAsync(request, plan, database, durations, progress, cancellation);
        await database.RecordAsync(
            plan.Pending.Concat(plan.Drift.Unknown),
            request.DeploymentId,
            replace: false,
            cancellation
        );
        if (!plan.Drift.Edited.IsEmpty)
        {
            var accepted = request.Tool.ReadFiles().Where(file => plan.Drift.Edited.Contains(file.File));
            await database.RecordAsync(accepted, request.DeploymentId, replace: true, cancellation);
        }

        return new MigrationResult
        {
            DeploymentId = request.DeploymentId,
            StartedAt = startedAt,
            FinishedAt = time.GetUtcNow(),
            BackupId = backup.BackupId,
            Applied =
            [
                .. plan.Pending.Select(file => new AppliedMigration(
                    file.Version,
                    file.File,
                    plan.Findings.Where(f => f.File == file.File).Select(f => f.Class).DefaultIfEmpty().Max(),
                    Math.Round(durations.GetValueOrDefault(file.File), 6)
                )),
            ],
            Findings = plan.Findings,
            StatementLog = request.StatementLog,
            ForceReason = plan.Decision.Overridden.IsEmpty && plan.Drift.IsClean ? null : request.ForceReason,
        };
    }

    private async Task ApplyAsync(
        MigrationRequest request,
        MigrationPlan plan,
        MigrationDatabase database,
        Dictionary<string, double> durations,
        IProgress<StatementTiming>? progress,
        CancellationToken cancellation
    )
    {
        var application = ApplicationName(request) + "-tool";
        var url = request
            .Database.WithParameter("application_name", application)
            .WithParameter("lock_timeout", Milliseconds(request.LockTimeout))
            .WithParameter("statement_timeout", Milliseconds(request.StatementTimeout));
        using var log = new StatementLog(request.StatementLog, request.Redact);
        var invalidBefore = await database.InvalidIndexesAsync(cancellation);
        StatementTiming? failed = null;
        // By a socket the system itself says who we are: nobody may come in through a port of ours.
        await using var watch = request.Database.Host.StartsWith('/')
            ? null
            : new StatementWatch(
                url,
                time,
                timing =>
                {
                    log.Add(timing);
                    if (timing.Failed)
                        failed = timing;
                    progress?.Report(timing);
                }
            );
        var ended = false;
        try
        {
            await request.Tool.RunAsync(
                runner,
                watch?.Url ?? url,
                allowOutOfOrder: request.ForceReason is not null,
                (file, seconds) => durations[file] = seconds,
                cancellation
            );
            ended = true;
        }
        catch (CommandFailedException failure)
        {
            throw await new MigrationFailure(request, plan, database).ExplainAsync(failure, failed);
        }
        finally
        {
            // The tool's end is not the end of its statement in the server.
            if (!ended)
                await new Postgres(request.Database).TerminateBackendsAsync(application, CancellationToken.None);
        }

        var applied = (await database.AppliedAsync(request.Tool, cancellation)).ToHashSet(StringComparer.Ordinal);
        var absent = plan
            .Pending.Where(file => request.Tool.AppliedSql is not null && !applied.Contains(file.Version))
            .ToList();
        if (absent.Count > 0)
        {
            throw new PipelineException(
                $"the tool ended well, and the database does not know {string.Join(", ", absent.Select(file => file.File))} as applied",
                expected: "every pending migration applied",
                next: "look at the tool's output, then repeat Migrate"
            );
        }
        // One that was there before is not this deployment's to judge.
        var invalid = (await database.InvalidIndexesAsync(cancellation)).RemoveRange(invalidBefore);
        if (!invalid.IsEmpty)
        {
            throw new PipelineException(
                $"the database has invalid indexes: {string.Join(", ", invalid)}",
                expected: "none: a CREATE INDEX CONCURRENTLY failed, and IF NOT EXISTS hid it",
                next: string.Join("; ", invalid.Select(index => $"drop index concurrently {index}"))
                    + "; then create it again"
            );
        }
    }

    private static void Demand(MigrationPlan plan, MigrationRequest request)
    {
        var forced = !string.IsNullOrWhiteSpace(request.ForceReason);
        if (!plan.Drift.IsClean && !forced)
        {
            throw new PipelineException(
                "the migrations are not those that were applied:\n  " + string.Join("\n  ", plan.Drift.Explain()),
                expected: "applied migrations never change; a change is a new migration",
                next: "restore the files from version control, or --force --reason=\"…\""
            );
        }
        if (plan.Decision.Allowed)
            return;
        throw new PipelineException(
            "these migrations are not applied:\n  "
                + string.Join(
                    "\n  ",
                    plan.Decision.Refusals.Select(refusal =>
                        $"{refusal.Finding.File}:{refusal.Finding.Line}: {refusal.Finding.Rule}: {refusal.Why}"
                        + (refusal.Finding.SaferWay is { } safer ? $"\n    safer: {safer}" : "")
                    )
                ),
            expected: "migrations that the serving version does not notice",
            next: "write the safer way, or --force --reason=\"…\""
        );
    }

    private static string ApplicationName(MigrationRequest request) =>
        // The server keeps 63 bytes, and "-tool" must be among them.
        $"slipway-migrate-{request.DeploymentId}" is var name
        && name.Length <= 58
            ? name
            : name[..58];

    private static string Milliseconds(TimeSpan span) => ((long)span.TotalMilliseconds).ToString();
}
