using System.Collections.Immutable;
using Npgsql;
using Slipway.Environments;
using Slipway.Pipeline.Sites;
using Slipway.Routing;
using Slipway.Secrets;
using Slipway.Smoke;
using Slipway.Tools;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>All smoke checks of an environment at the same time: every service through the router of every region, the database, the critical endpoints.</summary>
public sealed class SmokeChecks(EnvironmentConfiguration environment, TimeProvider time)
{
    /// <param name="sides">With the version that every service there must say.</param>
    /// <param name="database">Null when the environment has none.</param>
    /// <param name="isOlder">
    /// Whether the version is one of before: services that it does not have, because they came later, are not asked.
    /// </param>
    public async Task<ImmutableArray<SmokeCheck>> RunAsync(
        IEnumerable<(Serving Serving, ProjectVersion Version)> sides,
        Secret? database,
        CancellationToken cancellation,
        bool isOlder = false
    )
    {
        using var http = CheckConnections.Open();
        var check = new HttpCheck(http, time);
        var routes = RouteTable.Of(environment.Services);
        var checks = new List<Task<SmokeCheck>>();
        foreach (var (serving, version) in sides)
        {
            var lacking = isOlder ? await LackingAsync(serving, cancellation) : [];
            checks.AddRange(
                environment
                    .Services.Where(service => !lacking.Contains(service.Name))
                    .Select(service => check.HealthAsync(serving.PublicUrl, service, version, cancellation))
                    .Concat(
                        environment
                            .CriticalEndpoints.Where(endpoint =>
                                routes.ServiceOf(endpoint.Path) is not { } owner || !lacking.Contains(owner)
                            )
                            .Select(endpoint => check.EndpointAsync(serving.PublicUrl, endpoint, cancellation))
                    )
                    .Select(made => InAsync(serving.Region, made))
            );
        }
        if (environment.Database is not null)
            checks.Add(DatabaseAsync(database, cancellation));
        return [.. await Task.WhenAll(checks)];
    }

    private static async Task<ImmutableHashSet<string>> LackingAsync(Serving serving, CancellationToken cancellation) =>
        [
            .. (await serving.Router.ReadAsync(cancellation))
                .Services.Where(service => !service.HasStable)
                .Select(service => service.Service),
        ];

    private static async Task<SmokeCheck> InAsync(string? region, Task<SmokeCheck> check) =>
        await check with
        {
            Region = region,
        };

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
