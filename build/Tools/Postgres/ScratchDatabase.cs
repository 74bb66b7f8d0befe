using System.Text;
using Npgsql;
using Slipway.Backups;

namespace Slipway.Tools;

/// <summary>
/// A database that exists for one proof. It is dropped whatever happened; what a killed run left behind is dropped by
/// the next one, which knows from an advisory lock that nobody uses it any more.
/// </summary>
public sealed class ScratchDatabase : IAsyncDisposable
{
    private const string Prefix = "slipway_proof_";

    private readonly NpgsqlConnection _maintenance;

    private ScratchDatabase(NpgsqlConnection maintenance, PostgresUrl url)
    {
        _maintenance = maintenance;
        Url = url;
    }

    public PostgresUrl Url { get; }

    public static async Task<ScratchDatabase> CreateAsync(
        Postgres server,
        string deploymentId,
        DatabaseDescription like,
        CancellationToken cancellation
    )
    {
        var name = NameFor(deploymentId);
        var maintenance = await server.OpenMaintenanceAsync(cancellation);
        try
        {
            await AdvisoryLock.TakeAsync(maintenance, name, cancellation);
            await DropAbandonedAsync(maintenance, name, cancellation);
            await Postgres.DropAsync(maintenance, name, cancellation);
            await Postgres.CreateAsync(maintenance, name, like, cancellation);
            return new ScratchDatabase(maintenance, server.Url.WithDatabase(name));
        }
        catch
        {
            await maintenance.DisposeAsync();
            throw;
        }
    }

    public static string NameFor(string deploymentId)
    {
        var name = new StringBuilder(Prefix);
        foreach (var c in deploymentId)
            name.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_');
        return Postgres.Truncated(name.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await using (_maintenance)
        {
            // Not the run's token: a cancelled run must not leave a copy of production behind.
            await Postgres.DropAsync(_maintenance, Url.Database, CancellationToken.None);
        }
    }

    private static async Task DropAbandonedAsync(
        NpgsqlConnection maintenance,
        string own,
        CancellationToken cancellation
    )
    {
        var names = new List<string>();
        await using (
            var command = new NpgsqlCommand(
                "select datname::text from pg_database where starts_with(datname, $1)",
                maintenance
            )
            {
                Parameters = { new() { Value = Prefix } },
            }
        )
        await using (var row = await command.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
                names.Add(row.GetString(0));
        }
        foreach (var name in names.Where(name => name != own))
        {
            if (!await AdvisoryLock.TryAsync(maintenance, name, cancellation))
                continue;
            await Postgres.DropAsync(maintenance, name, cancellation);
            await using var unlock = new NpgsqlCommand(
                "select pg_advisory_unlock(hashtextextended($1, 0))",
                maintenance
            )
            {
                Parameters = { new() { Value = name } },
            };
            await unlock.ExecuteScalarAsync(cancellation);
        }
    }
}
