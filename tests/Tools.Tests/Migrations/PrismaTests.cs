using Slipway.Migrations;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

/// <summary>The real <c>prisma migrate deploy</c> against a real server.</summary>
public sealed class PrismaTests
{
    private readonly APrismaProduct _product = new();
    private Postgres _database = null!;
    private PostgresUrl _url = null!;

    private string Log => Path.Combine(_product.Folder, "statements.ndjson");

    [OneTimeSetUp]
    public Task Install() => _product.InstallAsync();

    [OneTimeTearDown]
    public void Remove() => _product.Dispose();

    [SetUp]
    public async Task Make_a_database()
    {
        _product.Clear();
        File.Delete(Log);
        _database = await SharedCluster.NewDatabaseAsync();
        _url = _database.Url;
    }

    [Test]
    public async Task What_is_pending_is_applied_in_order_and_known_afterwards()
    {
        _product
            .With("20260101000000_a", "create table a (id int);\nalter table a add column email text;")
            .With("20260102000000_b", "create table b (id int);");

        var before = await PlanAsync();
        var result = await RunAsync();

        before.Applied.ShouldBeEmpty();
        before.Pending.Select(file => file.Version).ShouldBe(["20260101000000_a", "20260102000000_b"]);
        result.Applied.Select(one => one.Version).ShouldBe(["20260101000000_a", "20260102000000_b"]);
        (
            await AskAsync<string[]>("select array(select migration_name::text from _prisma_migrations order by 1)")
        ).ShouldBe(["20260101000000_a", "20260102000000_b"]);
        (await PlanAsync()).Pending.ShouldBeEmpty();
        (await File.ReadAllTextAsync(Log)).ShouldContain("create table b (id int)");
    }

    [Test]
    public async Task The_password_is_in_no_argument_and_in_no_log()
    {
        _product.With("20260101000000_a", "create table a (id int);");

        await RunAsync();

        var command = _product.Commands.ShouldHaveSingleItem();
        command.Program.ShouldBe("npx");
        command.Arguments.ShouldBe(["--no-install", "prisma", "migrate", "deploy"]);
        command.Environment.ShouldBeEmpty();
        command.Secrets["DATABASE_URL"].Reveal().ShouldContain(_url.Password.Reveal());
        (await File.ReadAllTextAsync(Log)).ShouldNotContain(_url.Password.Reveal());
    }

    [Test]
    public async Task A_failing_migration_says_what_was_applied_and_what_it_says_to_type_repairs_it()
    {
        _product
            .With("20260101000000_a", "create table a (id int);")
            .With("20260102000000_b", "create table b (id int);\ninsert into b values (1);\nselect 1/0;")
            .With("20260103000000_c", "create table c (id int);");

        var message = await FailsAsync();

        message.ShouldContain("division by zero (22012), in: select 1/0");
        message.ShouldContain("applied, and still there: 20260101000000_a/migration.sql");
        message.ShouldContain("failed: 20260102000000_b/migration.sql; its transaction was undone");
        message.ShouldContain("not begun: 20260103000000_c/migration.sql");
        message.ShouldNotContain(_url.Password.Reveal());
        (await TablesAsync()).ShouldBe(["a"]);
        // Its own table has a row for the one that failed: that is not applied.
        (await PlanAsync()).Pending.Length.ShouldBe(2);

        _product.With("20260102000000_b", "create table b (id int);");
        // Until it is told what became of the failed one, it refuses them all.
        var again = await FailsAsync();
        again.ShouldContain("P3009");
        again.ShouldContain("not applied: 20260102000000_b/migration.sql, 20260103000000_c/migration.sql");
        again.ShouldNotContain("undone");
        await TypeAsync(again);

        (await RunAsync()).Applied.Length.ShouldBe(2);
        (await TablesAsync()).ShouldBe(["a", "b", "c"]);
    }

    [Test]
    public async Task Of_a_database_that_it_never_saw_nothing_is_said_that_is_not_so()
    {
        await _database.ExecuteAsync("create table users (id int)", default);
        _product.With("20260101000000_a", "create table a (id int);");

        var message = await FailsAsync();

        message.ShouldContain("P3005");
        message.ShouldContain("migrate-baseline");
        message.ShouldContain("not applied: 20260101000000_a/migration.sql");
        message.ShouldNotContain("undone");
        message.ShouldNotContain("migrate resolve");
        message.ShouldContain("correct what the tool says, then ./build.sh --target=Deploy");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_lock_that_is_not_had_fails_soon()
    {
        _product.With("20260101000000_users", "create table users (id int);");
        await RunAsync();
        _product.With("20260102000000_email", "alter table users add column email text;");
        await using var other = await _database.OpenAsync(default);
        await using var transaction = await other.BeginTransactionAsync();
        await Postgres.ExecuteAsync(other, "lock table users in access exclusive mode", default);

        (await FailsAsync()).ShouldContain("lock timeout (55P03), in: alter table users add column email text");
    }

    [Test]
    public async Task Its_own_table_is_found_in_the_schema_that_the_URL_names()
    {
        await _database.ExecuteAsync("create schema app", default);
        _url = _url.WithParameter("schema", "app");
        _product.With("20260101000000_a", "create table a (id int);");

        (await RunAsync()).Applied.ShouldHaveSingleItem();

        (await AskAsync<bool>("select to_regclass('app._prisma_migrations') is not null")).ShouldBeTrue();
        (await PlanAsync()).Pending.ShouldBeEmpty();
    }

    private Task<MigrationPlan> PlanAsync() => MigrationRunner.PlanAsync(_product.Request(_url, Log), default);

    private Task<MigrationResult> RunAsync() =>
        new MigrationRunner(_product, TimeProvider.System).RunAsync(
            _product.Request(_url, Log),
            progress: null,
            TestContext.CurrentContext.CancellationToken
        );

    private async Task<string> FailsAsync() => (await Should.ThrowAsync<PipelineException>(RunAsync)).Explain();

    private Task<CommandResult> TypeAsync(string message)
    {
        const string Begin = "npx prisma migrate resolve";
        var from = message.IndexOf(Begin, StringComparison.Ordinal) + "npx ".Length;
        var arguments = message[from..message.IndexOf(';', from)].Split(' ');
        return _product.RunAsync(
            new Command("npx", ["--no-install", .. arguments])
                .In(_product.Folder)
                .WithSecret("DATABASE_URL", _url.ToSecretUrl())
        );
    }

    private Task<T> AskAsync<T>(string sql) => SharedCluster.AskAsync<T>(_database, sql);

    private Task<string[]> TablesAsync() =>
        AskAsync<string[]>(
            "select array(select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname !~ '^_' order by 1)"
        );
}
