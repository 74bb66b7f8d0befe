using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Routing;

namespace Slipway.Rollouts;

/// <summary>What users ask of a product, as its critical endpoints say it: for synthetic traffic, and for a warm-up.</summary>
public static class UserPaths
{
    /// <summary>
    /// What synthetic users ask in turn: every critical endpoint that can be asked again and again. A health path only
    /// for a service that none of them reaches, because users do not ask health paths: a service that answers those
    /// well and everything else badly would look half as bad as it is.
    /// </summary>
    public static ImmutableArray<string> OfTraffic(EnvironmentConfiguration environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var asked = Gets(environment);
        var reached = ByService(environment);
        return
        [
            .. asked,
            .. environment
                .Services.Where(service => !reached.ContainsKey(service.Name))
                .Select(service => service.HealthPath),
        ];
    }

    /// <summary>The same by the service that the router gives them to; services that none reaches are left out.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> ByService(
        EnvironmentConfiguration environment
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        var routes = RouteTable.Of(environment.Services);
        return Gets(environment)
            .GroupBy(routes.ServiceOf, StringComparer.Ordinal)
            .Where(group => group.Key is not null)
            .ToImmutableSortedDictionary(
                group => group.Key!,
                group => group.ToImmutableArray(),
                StringComparer.Ordinal
            );
    }

    private static ImmutableArray<string> Gets(EnvironmentConfiguration environment) =>
        [
            .. environment
                .CriticalEndpoints.Where(endpoint => endpoint.Method == "GET")
                .Select(endpoint => endpoint.Path),
        ];
}
