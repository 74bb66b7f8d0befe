using Npgsql;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary><c>sandbox/cloud/postgres.sh</c> with a real cluster.</summary>
[Parallelizable(ParallelScope.Self)]
public class PostgresScript
{
    private SandboxRoot _root = null!;

    [SetUp]
    public void Make() => _root = new SandboxRoot();

    [TearDown]
    public async Task Remove() => await _root.DisposeAsync();

    [Test]
    public async Task BringsADatabaseUpAndKeepsItsDataThroughDownAndUp()
    {
        (await _root.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(3);
        await UpAsync();
        await ExecuteAsync("create table kept (n int); insert into kept values (42)");
        var started = await ScalarAsync("select pg_postmaster_start_time()::text");

        await UpAsync();
        (await ScalarAsync("select pg_postmaster_start_time()::text")).ShouldBe(started, "up is nothing when it runs");
        (await _root.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(0);

        (await _root.RunAsync("postgres.sh", "down")).ExitCode.ShouldBe(0);
        (await _root.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(3);
        (await _root.RunAsync("postgres.sh", "down")).ExitCode.ShouldBe(0, "down twice is nothing");
        await UpAsync();
        (await ScalarAsync("select n::text from kept")).ShouldBe("42");
    }

    [Test]
    public async Task FindsAPlaceForItsDataWhereItsUserCannotGo()
    {
        await using var hidden = new SandboxRoot(reachable: false);
        (await hidden.RunAsync("postgres.sh", "up")).ExitCode.ShouldBe(0);
        (await hidden.RunAsync("postgres.sh", "up")).ExitCode.ShouldBe(0);
        (await hidden.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(0);
        (await hidden.RunAsync("postgres.sh", "down")).ExitCode.ShouldBe(0);
        (await hidden.RunAsync("postgres.sh", "up")).ExitCode.ShouldBe(0);
        File.Exists(hidden.At("postgres", "data", "PG_VERSION")).ShouldBeTrue();
    }

    [Test]
    public async Task ListensOnLoopbackOnlyAndAsksForThePassword()
    {
        await UpAsync();

        (await ScalarAsync("show listen_addresses")).ShouldBe("127.0.0.1");
        (await ScalarAsync("show unix_socket_directories")).ShouldBe("");
        (
            await ScalarAsync("select count(*)::text from pg_hba_file_rules where auth_method <> 'scram-sha-256'")
        ).ShouldBe("0");
        File.GetUnixFileMode(_root.At("postgres", "password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Should.ThrowAsync<PostgresException>(() => ExecuteAsync("select 1", password: "wrong"));
    }

    [Test]
    public async Task HealsAfterTheServerWasKilled()
    {
        await UpAsync();
        await ExecuteAsync("create table kept (n int); insert into kept values (42)");
        var pid = Pid();
        using (var server = System.Diagnostics.Process.GetProcessById(pid))
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        (await _root.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(3);
        await UpAsync();

        Pid().ShouldNotBe(pid);
        (await ScalarAsync("select n::text from kept")).ShouldBe("42");
    }

    [Test]
    public async Task DoesNotTakeAnotherProcessForItsOwn()
    {
        await UpAsync();
        (await _root.RunAsync("postgres.sh", "down")).ExitCode.ShouldBe(0);
        // The pid file of a machine that lost power, with a pid that this very test has by now.
        await File.WriteAllTextAsync(_root.At("postgres", "data", "postmaster.pid"), $"{Environment.ProcessId}\n");

        (await _root.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(3);
        (await _root.RunAsync("postgres.sh", "down")).ExitCode.ShouldBe(0);
        await UpAsync();
        (await ScalarAsync("select 'here'")).ShouldBe("here");
    }

    [Test]
    public async Task BeginsAnewAfterAnInterruptedFirstTime()
    {
        Directory.CreateDirectory(_root.At("postgres", "data", "base"));
        await File.WriteAllTextAsync(_root.At("postgres", "data", "PG_VERSION"), "15\n");
        await File.WriteAllTextAsync(_root.At("postgres", "incomplete"), "");

        await UpAsync();

        (await ScalarAsync("select 'here'")).ShouldBe("here");
    }

    [Test]
    public async Task LeavesAFolderAloneThatIsNoCluster()
    {
        Directory.CreateDirectory(_root.At("postgres", "data"));
        await File.WriteAllTextAsync(_root.At("postgres", "data", "thesis.txt"), "years of work");

        var result = await _root.RunAsync("postgres.sh", "up");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("neither empty nor a cluster");
        File.Exists(_root.At("postgres", "data", "thesis.txt")).ShouldBeTrue();
    }

    [TestCase("SLIPWAY_DATABASE_PORT", "0")]
    [TestCase("SLIPWAY_DATABASE_PORT", "70000")]
    [TestCase("SLIPWAY_DATABASE_PORT", "5432; touch x")]
    [TestCase("SLIPWAY_SANDBOX_ROOT", "relative")]
    [TestCase("SLIPWAY_SANDBOX_ROOT", "")]
    public async Task RefusesSettingsThatAreNone(string name, string value)
    {
        var command = _root.Script("postgres.sh", "up").With(name, value);
        var result = await new Android.LocalCommandRunner().RunAsync(command);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(name);
    }

    private async Task UpAsync()
    {
        var result = await _root.RunAsync("postgres.sh", "up");
        result.ExitCode.ShouldBe(0, result.Error);
    }

    private int Pid() => int.Parse(File.ReadLines(_root.At("postgres", "data", "postmaster.pid")).First());

    private async Task ExecuteAsync(string sql, string? password = null)
    {
        await using var connection = await OpenAsync(password);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync(null);
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync(string? password)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _root.DatabasePort,
            Username = "slipway",
            Password = password ?? await File.ReadAllTextAsync(_root.At("postgres", "password")),
            Database = "slipway",
            Pooling = false,
            SslMode = SslMode.Disable,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
