using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Outcomes;

namespace Slipway.Routing;

/// <param name="Exact">The path itself only (a health path); otherwise the path and what lies below it.</param>
public sealed record Route(string Path, string Service, bool Exact)
{
    public bool HasPathOf(Route other) => Path == other.Path && Exact == other.Exact;
}

/// <summary>Which service gets a path: the longest prefix wins, a health path before any prefix.</summary>
public sealed class RouteTable
{
    private RouteTable(ImmutableArray<Route> routes) => Routes = routes;

    /// <summary>In the order in which they are asked.</summary>
    public ImmutableArray<Route> Routes { get; }

    public static RouteTable Of(ImmutableArray<ServiceSettings> services)
    {
        var routes = services.SelectMany(RoutesOf).Distinct().ToImmutableArray();
        foreach (var same in routes.GroupBy(route => (route.Path, route.Exact)).Where(group => group.Count() > 1))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"services: the path {same.Key.Path} belongs to {string.Join(" and ", same.Select(route => route.Service))}",
                "each path belongs to one service"
            );
        }
        return new([
            .. routes
                .OrderByDescending(route => route.Exact)
                .ThenByDescending(route => route.Path.Length)
                .ThenBy(route => route.Path, StringComparer.Ordinal),
        ]);
    }

    public string? ServiceOf(string path) => Routes.FirstOrDefault(route => Matches(route, path))?.Service;

    private static bool Matches(Route route, string path) =>
        path == route.Path
        || (!route.Exact && path.StartsWith(route.Path == "/" ? "/" : route.Path + "/", StringComparison.Ordinal));

    private static IEnumerable<Route> RoutesOf(ServiceSettings service)
    {
        yield return new(Checked(service, service.HealthPath), service.Name, Exact: true);
        foreach (var prefix in service.Routes.IsDefault ? [] : service.Routes)
        {
            var path = Checked(service, prefix);
            yield return new(path.Length > 1 ? path.TrimEnd('/') : path, service.Name, Exact: false);
        }
    }

    /// <summary>A path goes into the router's configuration, so it holds nothing that could end a word there.</summary>
    private static string Checked(ServiceSettings service, string path) =>
        path.StartsWith('/') && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~')
            ? path
            : throw new PipelineException(
                ExitCode.Usage,
                $"services.{service.Name}: the path \"{Shown(path)}\" cannot be routed",
                "a path that begins with / and holds letters, digits and / - _ . ~ only"
            );

    private static string Shown(string path) => new([.. path.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);
}
