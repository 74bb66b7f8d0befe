using System.Collections.Immutable;
using Npgsql;
using Slipway.Environments;
using Slipway.Pipeline.Sites;
using Slipway.Secrets;
using Slipway.Smoke;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>All smoke checks of an environment at the same time: every service through the router of every region, the database, the critical endpoints.</summary>
public sealed class SmokeChecks(EnvironmentConfiguration environment, TimeProvider time)
{
    /// <param name="version">Every service must say it.</param>
    /// <param name="database">Null when the environment has none.</param>
    public async Task<ImmutableArray<SmokeCheck>> RunAsync(
        IEnumerable<Serving> sides,
        ProjectVersion version,
        Secret? database,
        CancellationToken cancellation
    )
    {
        using var http = CheckConnections.Open();
        var check = new HttpCheck(http, time);
        var checks = sides.SelectMany(side =>
            environment
                .Services.Select(service => check.HealthAsync(side.PublicUrl, service, version, cancellation))
                .Concat(
                    environment.CriticalEndpoints.Select(endpoint =>
                        check.EndpointAsync(side.PublicUrl, endpoint, cancellation)
                    )
                )
        );
        if (environment.Database is not null)
            checks = checks.Append(DatabaseAsync(database, cancellation));
        return [.. await Task.WhenAll(checks)];
    }

    private async Task<SmokeCheck> DatabaseAsync(Secret? url, CancellationToken cancellation)
    {
        if (url is null)
            return new(
                "database",
                SmokeKind.Database,
                "",
                false,
                "there is none, though the environment is configured with one",
                0
            );
        var database = new Postgres(PostgresUrl.Parse(url));
        try
        {
            var took = await database.PingAsync(time, cancellation);
            return new(
                "database",
                SmokeKind.Database,
                database.Url.ToString(),
                true,
                "answers",
                took.TotalMilliseconds
            );
        }
        catch (NpgsqlException dead)
        {
            return new("database", SmokeKind.Database, database.Url.ToString(), false, dead.Message, 0);
        }
    }
}
