using Slipway.Migrations;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class MigrationRunnerTests
{
    private AMigration _migration = null!;

    [SetUp]
    public async Task Make_a_database() =>
        _migration = await AMigration.OnAsync(
            "create table users (id int, name varchar(20)); insert into users values (1, 'a')"
        );

    [TearDown]
    public void Remove() => _migration.Dispose();

    [Test]
    public async Task Pending_migrations_are_applied_in_order_and_each_statement_is_logged()
    {
        _migration
            .With(
                "20260101000000_a.sql",
                "alter table users add column email text;\n\n-- a; b\nselect pg_sleep(0.3) where 1=0; select 'x;y', pg_backend_pid();\ncreate table orders (id int);"
            )
            .With("20260102000000_b.sql", "create index concurrently on users (email);", " transaction:false");

        var result = await _migration.RunAsync(r => r with { ForceReason = "sleeps in a test" });

        result
            .Applied.Select(a => (a.Version, a.Class))
            .ShouldBe([("20260101000000", MigrationClass.Unsafe), ("20260102000000", MigrationClass.Expand)]);
        result.Applied.ShouldAllBe(a => a.Seconds > 0);
        result.BackupId.ShouldBe($"backup-{AMigration.Id}");
        (await _migration.HasTableAsync("orders")).ShouldBeTrue();
        var log = await File.ReadAllTextAsync(_migration.Log);
        log.ShouldContain("\"statement\":\"alter table users add column email text\",\"result\":\"ALTER TABLE\"");
        log.ShouldContain("\"statement\":\"select 'x;y', pg_backend_pid()\",\"result\":\"SELECT 1\"");
        log.ShouldContain("create index concurrently on users (email)");
    }

    [Test]
    public async Task A_second_run_has_nothing_to_do()
    {
        _migration.With("1_a.sql", "create table a (id int);");
        await _migration.RunAsync();

        (await _migration.RunAsync()).Applied.ShouldBeEmpty();
    }

    [Test]
    public async Task Nothing_is_migrated_without_a_proven_backup()
    {
        _migration.With("1_a.sql", "create table a (id int);");

        (await FailsAsync(r => r with { Backup = r.Backup! with { Proof = null } })).ShouldContain("never restored");
        (await FailsAsync(r => r with { Backup = null })).ShouldContain("no backup/backup.json");

        (await _migration.HasTableAsync("a")).ShouldBeFalse();
    }

    [Test]
    public async Task An_unsafe_statement_stops_everything_with_file_line_rule_and_safer_way()
    {
        _migration.With("1_a.sql", "create table a (id int);").With("2_b.sql", "\ncreate index on users (name);");

        var message = await FailsAsync();

        message.ShouldContain("2_b.sql:3: create-index: unsafe: it takes SHARE on users");
        message.ShouldContain("safer: CREATE INDEX CONCURRENTLY");
        (await _migration.HasTableAsync("a")).ShouldBeFalse();
    }

    [Test]
    public async Task What_a_serving_version_reads_is_not_dropped()
    {
        _migration.With("1_a.sql", "alter table users drop column name;");

        (
            await FailsAsync(r =>
                r with
                {
                    Readers = [new ReadingVersion("v1.2.3", "serving", SchemaWords.Of(["select name from users"]))],
                }
            )
        ).ShouldContain("users.name is still read by v1.2.3 (serving)");
        (await _migration.RunAsync()).Applied.Single().Class.ShouldBe(MigrationClass.Contract);
    }

    [Test]
    public async Task A_failing_migration_says_what_was_applied_what_failed_and_what_was_not_begun()
    {
        _migration
            .With("1_a.sql", "create table a (id int);")
            .With("2_b.sql", "create table b (id int);\ninsert into b values (1);\nselect 1/0;")
            .With("3_c.sql", "create table c (id int);");

        var message = await FailsAsync();

        message.ShouldContain("division by zero (22012), in: select 1/0");
        message.ShouldContain("applied, and still there: 1_a.sql");
        message.ShouldContain("failed: 2_b.sql; its transaction was undone");
        message.ShouldContain("not begun: 3_c.sql");
        (await _migration.HasTableAsync("a")).ShouldBeTrue();
        (await _migration.HasTableAsync("b")).ShouldBeFalse();
    }

    [Test]
    public async Task A_lock_that_is_not_had_fails_soon()
    {
        _migration.With("1_a.sql", "alter table users add column email text;");
        await using var other = await _migration.Database.OpenAsync(default);
        await using var transaction = await other.BeginTransactionAsync();
        await Postgres.ExecuteAsync(other, "lock table users in access exclusive mode", default);

        var message = await FailsAsync();

        message.ShouldContain("lock timeout (55P03), in: ");
        message.ShouldContain("alter table users add column email text");
        message.ShouldContain("failed: 1_a.sql; its transaction was undone");
    }

    [Test]
    public async Task A_session_that_the_server_ends_leaves_the_schema_as_before_the_file()
    {
        _migration
            .With("1_a.sql", "create table a (id int);")
            .With("2_b.sql", "create table b (id int);\nselect pg_sleep(60);");
        var run = FailsAsync(r => r with { ForceReason = "sleeps in a test" });
        await UntilItSleepsAsync(run);

        await _migration.Database.ExecuteAsync(
            $"select pg_terminate_backend(pid) from pg_stat_activity where {Tool}",
            default
        );

        var message = await run;
        message.ShouldContain("terminating connection due to administrator command (57P01), in: select pg_sleep(60)");
        message.ShouldContain("applied, and still there: 1_a.sql");
        message.ShouldContain("failed: 2_b.sql; its transaction was undone");
        (await _migration.HasTableAsync("a")).ShouldBeTrue();
        (await _migration.HasTableAsync("b")).ShouldBeFalse();
    }

    [Test]
    public async Task A_database_that_is_gone_is_said_and_nothing_is_guessed()
    {
        _migration.With("1_a.sql", "select pg_sleep(60);");
        var run = FailsAsync(r => r with { ForceReason = "sleeps in a test" });
        await UntilItSleepsAsync(run);

        await new Postgres(await SharedCluster.UrlAsync()).ExecuteAsync(
            $"drop database {_migration.Database.Url.Database} with (force)",
            default
        );

        var message = await run;
        message.ShouldContain("what was applied is not known: the database does not answer");
        message.ShouldContain("bring the database back");
    }

    [Test]
    public async Task Each_statement_is_told_as_it_ends()
    {
        _migration.With("1_a.sql", "create table a (id int);\ninsert into a values (1), (2);");
        var told = new Told();

        await new MigrationRunner(SharedCluster.Runner, TimeProvider.System).RunAsync(
            _migration.Request(),
            told,
            default
        );

        told.Statements.Select(one => (one.Statement, one.Result))
            .Where(one => one.Statement.Contains(" a ", StringComparison.Ordinal))
            .ShouldBe([("create table a (id int)", "CREATE TABLE"), ("insert into a values (1), (2)", "INSERT 0 2")]);
        told.Statements.ShouldAllBe(one => one.Seconds >= 0 && !one.Failed);
    }

    private sealed class Told : IProgress<StatementTiming>
    {
        public List<StatementTiming> Statements { get; } = [];

        public void Report(StatementTiming value) => Statements.Add(value);
    }

    [Test]
    public async Task A_failed_concurrent_index_is_named_with_the_command_that_drops_it()
    {
        await _migration.Database.ExecuteAsync("insert into users values (1, 'again')", default);
        _migration.With("1_a.sql", "create unique index concurrently users_id on users (id);", " transaction:false");

        var message = await FailsAsync();

        message.ShouldContain("runs without a transaction");
        message.ShouldContain("left behind: invalid index users_id");
        message.ShouldContain("drop index concurrently users_id; correct the file");
    }

    [Test]
    public async Task An_index_that_was_invalid_before_stops_nobody()
    {
        await _migration.Database.ExecuteAsync("insert into users values (1, 'again')", default);
        _migration.With("1_a.sql", "create unique index concurrently users_id on users (id);", " transaction:false");
        await FailsAsync();
        _migration.Delete("1_a.sql");
        _migration.With("2_b.sql", "create table b (id int);");

        (await _migration.RunAsync()).Applied.Single().File.ShouldBe("2_b.sql");
    }

    [Test]
    public async Task An_index_of_a_partitioned_table_waits_for_its_partitions()
    {
        await _migration.Database.ExecuteAsync("create table events (at int) partition by range (at)", default);
        await _migration.Database.ExecuteAsync(
            "create table e1 partition of events for values from (1) to (2)",
            default
        );
        _migration.With("1_a.sql", "create index events_at on only events (at);");

        (await _migration.RunAsync(r => r with { ForceReason = "the table is small" })).Applied.ShouldNotBeEmpty();
    }

    [Test]
    public async Task An_edited_or_deleted_migration_is_noticed()
    {
        _migration.With("1_a.sql", "create table a (id int);").With("2_b.sql", "create table b (id int);");
        await _migration.RunAsync();
        _migration.With("1_a.sql", "create table a (id bigint);").Delete("2_b.sql");

        var message = await FailsAsync();

        message.ShouldContain("1_a.sql was edited after it had been applied");
        message.ShouldContain("2_b.sql is applied and its file is gone");
    }

    [Test]
    public async Task A_migration_put_before_an_applied_one_is_refused()
    {
        _migration.With("2_b.sql", "create table b (id int);");
        await _migration.RunAsync();
        _migration.With("1_a.sql", "create table a (id int);");

        (await FailsAsync()).ShouldContain("1_a.sql is older than migrations that are applied");
        (await _migration.RunAsync(r => r with { ForceReason = "reviewed" })).ForceReason.ShouldBe("reviewed");
        (await _migration.HasTableAsync("a")).ShouldBeTrue();
    }

    [Test]
    public async Task Two_runs_do_not_race()
    {
        _migration.With("1_a.sql", "create table a (id int);");
        await using var held = await _migration.Database.LockAsync("slipway:migrate", default);

        var failure = await Should.ThrowAsync<PipelineException>(() => _migration.RunAsync());

        failure.ExitCode.ShouldBe(ExitCode.Locked);
        failure.Message.ShouldContain("locked in the database by slipway, since");
    }

    [Test]
    public async Task Of_two_that_begin_at_once_one_applies()
    {
        _migration.With("1_a.sql", "create table a (id int);\nselect pg_sleep(0.5);");
        Task<MigrationResult> Run() => _migration.RunAsync(r => r with { ForceReason = "sleeps in a test" });
        var both = new[] { Run(), Run() };

        try
        {
            await Task.WhenAll(both);
        }
        catch (PipelineException)
        {
            // Looked at below.
        }

        var refused = both.Where(run => run.IsFaulted)
            .Select(run => ((PipelineException)run.Exception!.InnerException!).ExitCode);
        refused.ShouldBe([ExitCode.Locked]);
        both.Single(run => run.IsCompletedSuccessfully).Result.Applied.Single().File.ShouldBe("1_a.sql");
    }

    [Test]
    public async Task Cancelling_ends_the_statement_in_the_server_and_leaves_the_schema()
    {
        _migration.With("1_a.sql", "create table a (id int);\nselect pg_sleep(60);");
        using var cancel = new CancellationTokenSource();
        var run = _migration.RunAsync(r => r with { ForceReason = "sleeps in a test" }, cancel.Token);
        await UntilItSleepsAsync(run);

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);

        while (await SessionsAsync() > 0)
            await Task.Delay(20);
        (await _migration.HasTableAsync("a")).ShouldBeFalse();
    }

    [Test]
    public async Task Another_tool_is_run_as_configured_and_its_files_are_noted_by_us()
    {
        _migration.With("1_a.sql", "create table a (id int);");
        var folder = Path.GetDirectoryName(_migration.Log)!;
        MigrationRequest Change(MigrationRequest request) =>
            request with
            {
                Tool = MigrationFolder.ToolFor(
                    "command",
                    folder,
                    folder,
                    [
                        $"{SharedCluster.Programs.Folder}/psql",
                        "-X",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-c",
                        "create table made_in_{environment} ()",
                    ],
                    "sandbox",
                    ""
                ),
            };

        (await _migration.RunAsync(Change)).Applied.Single().File.ShouldBe("1_a.sql");
        (await _migration.RunAsync(Change)).Applied.ShouldBeEmpty();

        (await _migration.HasTableAsync("made_in_sandbox")).ShouldBeTrue();
    }

    [Test]
    public async Task Npm_runs_the_script_of_the_environment_and_its_statements_are_seen()
    {
        var folder = Path.GetDirectoryName(_migration.Log)!;
        _migration.With("1_a.sql", "create table made_by_npm (id int);");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "package.json"),
            $$"""{ "scripts": { "migrate:sandbox": "{{SharedCluster.Programs.Folder}}/psql -X -v ON_ERROR_STOP=1 -f 1_a.sql" } }"""
        );

        var result = await _migration.RunAsync(r =>
            r with
            {
                Tool = MigrationFolder.ToolFor("npm", folder, folder, [], "sandbox", ""),
            }
        );

        result.Applied.Single().File.ShouldBe("1_a.sql");
        (await _migration.HasTableAsync("made_by_npm")).ShouldBeTrue();
        (await File.ReadAllTextAsync(_migration.Log)).ShouldContain("create table made_by_npm");
    }

    [Test]
    public async Task Of_a_command_that_failed_it_is_not_guessed_what_it_applied()
    {
        var folder = Path.GetDirectoryName(_migration.Log)!;
        _migration.With("1_a.sql", "create table a (id int);");

        var message = await FailsAsync(r =>
            r with
            {
                Tool = MigrationFolder.ToolFor(
                    "command",
                    folder,
                    folder,
                    [
                        $"{SharedCluster.Programs.Folder}/psql",
                        "-X",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-f",
                        "1_a.sql",
                        "-c",
                        "select 1/0",
                    ],
                    "sandbox",
                    ""
                ),
            }
        );

        message.ShouldContain("division by zero (22012), in: select 1/0");
        message.ShouldContain("what the command applied before that is not known");
        message.ShouldContain($"the statements that ended are in {_migration.Log}");
        message.ShouldContain("given to it: 1_a.sql");
        message.ShouldNotContain("undone");
    }

    private const string Tool = "datname = current_database() and application_name like 'slipway-migrate-%-tool'";

    private Task<long> SessionsAsync(string state = "true") =>
        SharedCluster.AskAsync<long>(
            _migration.Database,
            $"select count(*) from pg_stat_activity where {Tool} and {state}"
        );

    private async Task UntilItSleepsAsync(Task run)
    {
        while (await SessionsAsync("query like '%pg_sleep%' and wait_event = 'PgSleep'") == 0 && !run.IsCompleted)
            await Task.Delay(20);
    }

    private async Task<string> FailsAsync(Func<MigrationRequest, MigrationRequest>? change = null) =>
        (await Should.ThrowAsync<PipelineException>(() => _migration.RunAsync(change))).Explain();
}

public class DbmateTests
{
    [Test]
    public void Its_status_is_read() =>
        Dbmate
            .ParseStatus("[X] 1_a.sql\n[ ] 2_b with blank.sql\r\n\nApplied: 1\nPending: 1\n")
            .ShouldBe([new DbmateEntry("1_a.sql", true), new DbmateEntry("2_b with blank.sql", false)]);

    [TestCase("1.394481ms", 0.001394481)]
    [TestCase("851.792µs", 0.000851792)]
    [TestCase("2s", 2)]
    [TestCase("1m2.5s", 62.5)]
    [TestCase("1h0m0s", 3600)]
    public void Its_durations_are_read(string text, double seconds) =>
        Dbmate.ParseDuration(text).ShouldBe(seconds, 1e-12);

    [Test]
    public void Its_command_line_holds_no_password()
    {
        var command = DbmateCommands.Migrate("dbmate", "/m", "/w", new("postgres://u:p@h/d"));

        command.Arguments.ShouldBe([
            "--env-file",
            "/dev/null",
            "--migrations-dir",
            "/m",
            "--no-dump-schema",
            "migrate",
            "--strict",
        ]);
        command.Secrets["DATABASE_URL"].Reveal().ShouldBe("postgres://u:p@h/d");
    }
}
