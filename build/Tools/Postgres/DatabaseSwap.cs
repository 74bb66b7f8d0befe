using Npgsql;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Puts a restored database in the place of the one in use: two renames in one transaction, connections cut.</summary>
public sealed class DatabaseSwap(Postgres server)
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="kept">The name under which the replaced database stays.</param>
    public async Task SwapAsync(
        string inUse,
        string restored,
        string kept,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        await using var connection = await server.OpenMaintenanceAsync(cancellation);
        await AllowConnectionsAsync(connection, inUse, allowed: false, cancellation);
        var swapped = false;
        try
        {
            for (var attempt = 1; !swapped; attempt++)
                swapped = await TryAsync(connection, inUse, restored, kept, attempt == Attempts, cancellation);
        }
        finally
        {
            // The kept one opens again too: it is the way back, and its name says what it is.
            await AllowConnectionsAsync(connection, swapped ? kept : inUse, allowed: true, CancellationToken.None);
        }

        async Task<bool> TryAsync(NpgsqlConnection c, string a, string b, string to, bool last, CancellationToken token)
        {
            await CutAsync(c, a, token);
            await CutAsync(c, b, token);
            await using var transaction = await c.BeginTransactionAsync(token);
            try
            {
                await Postgres.ExecuteAsync(
                    c,
                    $"alter database {Postgres.Quote(a)} rename to {Postgres.Quote(to)}",
                    token
                );
                await Postgres.ExecuteAsync(
                    c,
                    $"alter database {Postgres.Quote(b)} rename to {Postgres.Quote(a)}",
                    token
                );
                await transaction.CommitAsync(token);
                return true;
            }
            catch (PostgresException inUseStill) when (inUseStill.SqlState == PostgresErrorCodes.ObjectInUse && !last)
            {
                // A backend told to end needs a moment.
                await transaction.RollbackAsync(token);
                await Task.Delay(Pause, time, token);
                return false;
            }
            catch (PostgresException failure)
            {
                throw new PipelineException(
                    $"the restored database '{b}' could not take the place of '{a}': {failure.MessageText}",
                    expected: "a user that owns both databases and may rename them",
                    next: $"both databases are as they were; repeat, or rename them by hand",
                    inner: failure
                );
            }
        }
    }

    /// <summary>Gives a database a name that no other has.</summary>
    public async Task RenameAsync(string from, string to, CancellationToken cancellation)
    {
        await using var connection = await server.OpenMaintenanceAsync(cancellation);
        await CutAsync(connection, from, cancellation);
        await Postgres.ExecuteAsync(
            connection,
            $"alter database {Postgres.Quote(from)} rename to {Postgres.Quote(to)}",
            cancellation
        );
    }

    private static async Task CutAsync(NpgsqlConnection connection, string database, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
            connection
        )
        {
            Parameters = { new() { Value = database } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static Task AllowConnectionsAsync(
        NpgsqlConnection connection,
        string database,
        bool allowed,
        CancellationToken cancellation
    ) =>
        Postgres.ExecuteAsync(
            connection,
            $"alter database {Postgres.Quote(database)} with allow_connections {(allowed ? "true" : "false")}",
            cancellation
        );
}
