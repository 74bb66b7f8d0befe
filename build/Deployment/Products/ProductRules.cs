using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Products;

/// <summary>What <c>slipway.json</c> must be to itself and to the environments.</summary>
internal static class ProductRules
{
    public static TextRule StageName { get; } =
        new("a stage like \"Backup\"", text => RunPlan.Stages.Any(stage => stage.Name == text));

    public static void Check(
        ProductConfiguration product,
        IReadOnlyDictionary<string, EnvironmentConfiguration> environments,
        ImmutableArray<string> folders,
        ConfigurationErrors errors
    )
    {
        if (!folders.Contains(product.DefaultEnvironment))
            errors.Add(
                "defaultEnvironment",
                $"is {QuotedText.Of(product.DefaultEnvironment)}, which has no folder",
                folders.IsEmpty ? "a folder under environments/" : $"one of {string.Join(", ", folders)}"
            );
        if (product.SubProjects.IsEmpty)
            errors.Add("subProjects", "is empty", "at least one sub-project");
        CheckPaths(product, errors);
        CheckImages(product, environments, errors);
        foreach (var (index, project) in product.SubProjects.Index())
            if (project.Apk is { } apk && apk.TargetSdk < apk.MinSdk)
                errors.Add(
                    $"subProjects[{index}].apk.targetSdk",
                    $"is {apk.TargetSdk}",
                    $"at least minSdk ({apk.MinSdk})"
                );
    }

    private static void CheckPaths(ProductConfiguration product, ConfigurationErrors errors)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, project) in product.SubProjects.Index())
            if (!seen.TryAdd(project.Path, index))
                errors.Add(
                    $"subProjects[{index}].path",
                    $"{QuotedText.Of(project.Path)} is also the path of subProjects[{seen[project.Path]}]",
                    "each path once"
                );
    }

    /// <summary>Every image is a service of every environment, and belongs to one sub-project.</summary>
    private static void CheckImages(
        ProductConfiguration product,
        IReadOnlyDictionary<string, EnvironmentConfiguration> environments,
        ConfigurationErrors errors
    )
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (projectIndex, project) in product.SubProjects.Index())
        foreach (var (index, image) in project.Images.Index())
        {
            var path = $"subProjects[{projectIndex}].images[{index}].service";
            if (image.Service.Length == 0)
                continue;
            if (!seen.TryAdd(image.Service, path))
                errors.Add(
                    path,
                    $"{QuotedText.Of(image.Service)} stands at {seen[image.Service]} already",
                    "one image per service"
                );
            foreach (var environment in environments.Values)
            {
                var services = environment.Services.Select(service => service.Name).ToImmutableArray();
                if (!services.Contains(image.Service))
                    errors.Add(
                        path,
                        $"{QuotedText.Of(image.Service)} is no service of {environment.Name}",
                        $"a service of every environment ({environment.Name} has {string.Join(", ", services)})"
                    );
            }
        }
        if (seen.Count > 0)
            CheckServicesHaveImages(seen, environments, errors);
    }

    private static void CheckServicesHaveImages(
        Dictionary<string, string> images,
        IReadOnlyDictionary<string, EnvironmentConfiguration> environments,
        ConfigurationErrors errors
    )
    {
        foreach (var environment in environments.Values)
        foreach (
            var service in environment.Services.Where(service =>
                service.Name.Length > 0 && !images.ContainsKey(service.Name)
            )
        )
            errors.Add(
                "subProjects",
                $"no sub-project builds the service {QuotedText.Of(service.Name)} of {environment.Name}",
                "an image for every service"
            );
    }
}
