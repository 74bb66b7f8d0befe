using Slipway.Secrets;
using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>Services of an environment: names and health paths once, each route to one service, each health path routed home.</summary>
internal static class ServiceRules
{
    public static void Check(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        var services = environment.Services;
        if (services.IsEmpty)
            errors.Add("services", "is empty", "at least one service");
        EnvironmentRules.Unique(services.Select(service => service.Name), "services", errors);
        var routes = new Dictionary<string, int>(StringComparer.Ordinal);
        var healthPaths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, service) in services.Index())
        {
            if (service.HealthPath.Length > 0 && !healthPaths.TryAdd(service.HealthPath, index))
                errors.Add(
                    $"services[{index}].healthPath",
                    $"{QuotedText.Of(service.HealthPath)} is also the health path of services[{healthPaths[service.HealthPath]}]",
                    "a path of its own for each service"
                );
            foreach (var route in service.Routes)
                if (!routes.TryAdd(route, index))
                    errors.Add(
                        $"services[{index}].routes",
                        $"{QuotedText.Of(route)} goes to services[{routes[route]}] already",
                        "each route once"
                    );
        }
        if (routes.Count > 0)
            CheckHealthRoutes(environment, routes, errors);
        CheckSecrets(environment, errors);
    }

    private static void CheckSecrets(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        foreach (var (index, service) in environment.Services.Index())
        foreach (var name in service.Secrets)
        {
            if (ServiceSecrets.IsOurs(name))
                errors.Add($"services[{index}].secrets", $"{name} is set by the pipeline", "another name");
            else if (!environment.SecretNames.Contains(name))
                errors.Add(
                    $"services[{index}].secrets",
                    $"{name} is not declared",
                    "a name that stands in secretNames"
                );
            else if (name == environment.Backup?.AccessKeySecret || name == environment.Backup?.SecretKeySecret)
                errors.Add(
                    $"services[{index}].secrets",
                    $"{name} opens the backup store",
                    "a secret of the service's own"
                );
        }
    }

    /// <summary>The service that a path goes to by the longest route that is a prefix of it; null when there is none.</summary>
    public static int? Routed(string path, IReadOnlyDictionary<string, int> routes) =>
        routes
            .Where(route => Covers(route.Key, path))
            .OrderByDescending(route => route.Key.Length)
            .Select(route => (int?)route.Value)
            .FirstOrDefault();

    private static void CheckHealthRoutes(
        EnvironmentConfiguration environment,
        Dictionary<string, int> routes,
        ConfigurationErrors errors
    )
    {
        foreach (var (index, service) in environment.Services.Index())
        {
            if (service.HealthPath.Length == 0 || Routed(service.HealthPath, routes) == index)
                continue;
            var target = Routed(service.HealthPath, routes) is { } other ? $"services[{other}]" : "no service";
            errors.Add(
                $"services[{index}].healthPath",
                $"{QuotedText.Of(service.HealthPath)} is routed to {target}",
                "a path below a route of the service itself"
            );
        }
    }

    private static bool Covers(string route, string path) =>
        path == route || path.StartsWith(route.EndsWith('/') ? route : route + "/", StringComparison.Ordinal);
}
