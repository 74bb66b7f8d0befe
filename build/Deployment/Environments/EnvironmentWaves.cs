using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>The waves of an environment: one for each region, in the order of the configuration.</summary>
public static class EnvironmentWaves
{
    /// <summary>The regions to act on in their order; one nameless wave where the environment has no regions.</summary>
    /// <param name="region">Only this one; null for all.</param>
    /// <exception cref="PipelineException">The environment has no such region (exit 2).</exception>
    public static ImmutableArray<string?> Waves(this EnvironmentConfiguration environment, string? region = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var names = environment
            .Regions.OrderBy(one => one.Order)
            .ThenBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => one.Name)
            .ToImmutableArray();
        if (region is null)
            return names.IsEmpty ? [null] : [.. names];
        if (names.Contains(region))
            return [region];
        throw names.IsEmpty
            ? new PipelineException(
                ExitCode.Usage,
                $"{environment.Name} has no regions, so --region={QuotedText.Plain(region)} says nothing",
                $"a folder environments/{environment.Name}/regions/<region>/ for each region",
                "leave --region out"
            )
            : new PipelineException(
                ExitCode.Usage,
                $"there is no region {QuotedText.Of(region)} in {environment.Name}",
                $"one of {string.Join(", ", names)}",
                NearestName.Of(region, names) is { } near ? $"--region={near}" : null
            );
    }
}
