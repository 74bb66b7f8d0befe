using Npgsql;

namespace Slipway.Tools.Tests;

public class StatementWatchTests
{
    private readonly List<StatementTiming> _seen = [];
    private StatementWatch _watch = null!;
    private Postgres _through = null!;

    [SetUp]
    public async Task Stand_between()
    {
        _seen.Clear();
        var database = await SharedCluster.NewDatabaseAsync("create table t (id int)");
        _watch = new StatementWatch(database.Url, TimeProvider.System, _seen.Add);
        _through = new Postgres(_watch.Url);
    }

    [TearDown]
    public async Task Stop() => await _watch.DisposeAsync();

    [Test]
    public async Task A_driver_of_the_extended_protocol_works_and_is_measured()
    {
        await using var connection = await _through.OpenAsync(default);
        await using var command = new NpgsqlCommand("select $1::int + 1", connection)
        {
            Parameters = { new() { Value = 41 } },
        };

        (await command.ExecuteScalarAsync()).ShouldBe(42);

        Last("select $1::int + 1").Result.ShouldBe("SELECT 1");
    }

    [Test]
    public async Task Statements_of_one_message_are_measured_one_by_one_inside_a_transaction()
    {
        await PsqlAsync(
            "begin",
            "insert into t values (1);\n\nselect pg_sleep(0.2); -- x ; y\nupdate t set id = 'a;b'::text::varchar(0)::int + 2",
            "rollback",
            ok: false
        );
        await PsqlAsync("begin", "insert into t values (1); select pg_sleep(0.2); update t set id = 2", "commit");

        Last("select pg_sleep(0.2)").Seconds.ShouldBeGreaterThan(0.19);
        Last("update t set id = 2").Result.ShouldBe("UPDATE 1");
        Last("update t set id = 2").Seconds.ShouldBeLessThan(Last("select pg_sleep(0.2)").Seconds);
        (await SharedCluster.AskAsync<int>(_through, "select id from t")).ShouldBe(2);
    }

    [Test]
    public async Task After_an_error_the_rest_of_the_message_is_not_run_and_its_place_is_right()
    {
        var error = await PsqlAsync(
            "begin",
            "insert into t values (1);\ninsert into t values (2);\nselect nothing_like_it;\ninsert into t values (3)",
            "commit",
            ok: false
        );

        error.ShouldContain("LINE 3: select nothing_like_it");
        _seen.ShouldNotContain(timing => timing.Statement.Contains("(3)", StringComparison.Ordinal));
        _seen.Single(timing => timing.Failed).Result.ShouldContain("does not exist (42703)");
    }

    [Test]
    public async Task Outside_a_transaction_a_message_stays_one()
    {
        await PsqlAsync("select 1", "insert into t values (7); select 1/0", "select 1", ok: false);

        // Sent as one message it is one transaction: the insert is undone with the rest.
        (await SharedCluster.AskAsync<long>(_through, "select count(*) from t")).ShouldBe(0);
    }

    [Test]
    public async Task Its_statements_are_told_apart_all_the_same()
    {
        await PsqlAsync(
            "select 1",
            "insert into t values (7); select pg_sleep(0.2); update t set id = 8; select 1/0; select 2",
            "select 1",
            ok: false
        );

        Last("insert into t values (7)").Result.ShouldBe("INSERT 0 1");
        Last("select pg_sleep(0.2)").Seconds.ShouldBeGreaterThan(0.19);
        Last("update t set id = 8").Result.ShouldBe("UPDATE 1");
        Last("select 1/0").Result.ShouldBe("division by zero (22012)");
        _seen.Count(timing => timing.Failed).ShouldBe(1);
        _seen.ShouldNotContain(timing => timing.Statement == "select 2");
    }

    [Test]
    public async Task A_failure_is_seen_in_a_message_that_cannot_be_told_apart()
    {
        await PsqlAsync("select 1", "select 3; copy (select 4) to stdout; select 1/0", "select 1", ok: false);

        _seen.Single(timing => timing.Failed).Result.ShouldBe("division by zero (22012)");
    }

    [Test]
    public async Task A_copy_passes()
    {
        var result = await SharedCluster.Runner.RunAsync(
            _watch.Url.Authenticate(
                Command.Of($"{SharedCluster.Programs.Folder}/psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", "-")
            ) with
            {
                StandardInput = "begin;\ncopy t from stdin;\n1\n2\n3\n\\.\ncommit;\ncopy t to stdout;\n",
            }
        );

        result.Output.ShouldContain("1\n2\n3\n");
    }

    // Each "-c" of psql is one message.
    private async Task<string> PsqlAsync(string first, string second, string third, bool ok = true)
    {
        var command = _watch.Url.Authenticate(
            Command.Of(
                $"{SharedCluster.Programs.Folder}/psql",
                "-X",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                first,
                "-c",
                second,
                "-c",
                third
            )
        ) with
        {
            SuccessExitCodes = ok ? [0] : [1, 3],
        };
        return (await SharedCluster.Runner.RunAsync(command)).Error;
    }

    private StatementTiming Last(string statement) => _seen.Last(timing => timing.Statement == statement);
}
