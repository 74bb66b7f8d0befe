using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Compares what npm installed with what the lock file pins.</summary>
internal static class NpmLock
{
    /// <summary>
    /// Packages that are not what is pinned. A package for another platform may be missing in a lock file that was made
    /// where the registry does not have it; it is taken when a pinned package names exactly its version.
    /// </summary>
    /// <param name="pinned"><c>package-lock.json</c>.</param>
    /// <param name="installed"><c>node_modules/.package-lock.json</c>.</param>
    public static ImmutableArray<string> Differences(string pinned, string installed)
    {
        try
        {
            using var wanted = JsonDocument.Parse(pinned);
            using var found = JsonDocument.Parse(installed);
            var packages = wanted.RootElement.GetProperty("packages");
            var there = found.RootElement.GetProperty("packages");
            var optional = packages.EnumerateObject().SelectMany(Optional).ToHashSet(StringComparer.Ordinal);
            return
            [
                .. there
                    .EnumerateObject()
                    .Where(package =>
                        packages.TryGetProperty(package.Name, out var pin)
                            ? Text(pin, "version") != Text(package.Value, "version")
                                || Text(pin, "integrity") != Text(package.Value, "integrity")
                            : !optional.Contains($"{Name(package.Name)}@{Text(package.Value, "version")}")
                    )
                    .Select(package => $"{Name(package.Name)} {Text(package.Value, "version")}"),
                .. packages
                    .EnumerateObject()
                    .Where(pin =>
                        pin.Name.Length > 0 && !IsOptional(pin.Value) && !there.TryGetProperty(pin.Name, out _)
                    )
                    .Select(pin => $"{Name(pin.Name)} is not installed"),
            ];
        }
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PipelineException(
                "the lock file of the npm tools is damaged",
                next: "git checkout -- build/npm",
                inner: damaged
            );
        }
    }

    private static IEnumerable<string> Optional(JsonProperty package) =>
        package.Value.TryGetProperty("optionalDependencies", out var dependencies)
            ? dependencies.EnumerateObject().Select(dependency => $"{dependency.Name}@{dependency.Value.GetString()}")
            : [];

    private static bool IsOptional(JsonElement package) =>
        package.TryGetProperty("optional", out var value) && value.GetBoolean();

    private static string Name(string path)
    {
        const string folder = "node_modules/";
        return path[
            (path.LastIndexOf(folder, StringComparison.Ordinal) is var at && at >= 0 ? at + folder.Length : 0)..
        ];
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) ? value.GetString() : null;
}
