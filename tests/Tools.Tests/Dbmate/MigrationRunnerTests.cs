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

        (await FailsAsync()).ShouldContain("lock timeout");
    }

    [Test]
    public async Task A_failed_concurrent_index_is_named_with_the_command_that_drops_it()
    {
        await _migration.Database.ExecuteAsync("insert into users values (1, 'again')", default);
        _migration.With("1_a.sql", "create unique index concurrently users_id on users (id);", " transaction:false");

        var message = await FailsAsync();

        message.ShouldContain("runs without a transaction");
        message.ShouldContain("drop index concurrently users_id");
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
    public async Task Cancelling_ends_the_statement_in_the_server_and_leaves_the_schema()
    {
        _migration.With("1_a.sql", "create table a (id int);\nselect pg_sleep(60);");
        using var cancel = new CancellationTokenSource();
        var run = _migration.RunAsync(r => r with { ForceReason = "sleeps in a test" }, cancel.Token);
        while (await Sleeping() == 0 && !run.IsCompleted)
            await Task.Delay(20);

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);

        while (await Sleeping() > 0)
            await Task.Delay(20);
        (await _migration.HasTableAsync("a")).ShouldBeFalse();

        Task<long> Sleeping() =>
            SharedCluster.AskAsync<long>(
                _migration.Database,
                "select count(*) from pg_stat_activity where datname = current_database() and application_name like 'slipway-migrate-%-tool'"
            );
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
