namespace Slipway.Tools.Tests;

/// <summary>One private PostgreSQL for all tests that ask for it, started by the first, gone after the last.</summary>
[SetUpFixture]
public sealed class SharedCluster
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static PrivateCluster? _cluster;
    private static int _databases;

    internal static ICommandRunner Runner { get; } = new CommandRunner(new Redactor(), TimeProvider.System);

    internal static PostgresPrograms Programs { get; } = new("/usr/lib/postgresql/15/bin");

    internal static async Task<PostgresUrl> UrlAsync()
    {
        await Gate.WaitAsync();
        try
        {
            _cluster ??= await PrivateCluster.StartAsync(
                Runner,
                Programs,
                ["max_locks_per_transaction = 256"],
                CancellationToken.None
            );
            return _cluster.Url;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>An empty database of its own for one test.</summary>
    internal static async Task<Postgres> NewDatabaseAsync(string sql = "")
    {
        var database = await CopyAsync("template0");
        if (sql.Length > 0)
            await database.ExecuteAsync(sql, CancellationToken.None);
        return database;
    }

    /// <summary>A database of its own that begins as another one is; nobody may be connected to that.</summary>
    internal static Task<Postgres> CopyAsync(Postgres template) => CopyAsync(template.Url.Database);

    private static async Task<Postgres> CopyAsync(string template)
    {
        var url = await UrlAsync();
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await new Postgres(url).ExecuteAsync($"create database {name} template {template}", CancellationToken.None);
        return new Postgres(url.WithDatabase(name));
    }

    internal static async Task<T> AskAsync<T>(Postgres database, string sql)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal static async Task<string[]> DatabasesAsync(string prefix) =>
        await AskAsync<string[]>(
            new Postgres(await UrlAsync()),
            $"select array(select datname::text from pg_database where starts_with(datname, {Postgres.Literal(prefix)}) order by 1)"
        );

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}
