using System.Collections.Immutable;
using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>Reads the whole configuration and reports every error of every file at once.</summary>
public static class Configuration
{
    public static ConfigurationResult Read(ConfigurationTree tree)
    {
        var errors = new List<ConfigurationError>();
        var environments = ImmutableSortedDictionary.CreateBuilder<string, EnvironmentConfiguration>(
            StringComparer.Ordinal
        );
        var folders = tree.FoldersIn(ConfigurationTree.Root).ToImmutableArray();
        foreach (var folder in folders)
            if (ReadEnvironment(tree, folder, errors) is { } environment)
                environments.Add(folder, environment);
        if (folders.IsEmpty)
            errors.Add(
                new(
                    ConfigurationTree.Root,
                    ConfigurationError.WholeFile,
                    "has no environment",
                    "a folder for each environment, e.g. environments/sandbox/"
                )
            );
        var product = ReadProduct(tree, environments, folders, errors);
        errors.AddRange(BranchRules.Check(environments.Values));
        return new(
            environments
                .Where(entry => !errors.Any(error => IsOf(error, entry.Key)))
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            errors.Any(error => error.File == ConfigurationTree.ProductFile) ? null : product,
            [
                .. errors
                    .OrderBy(error => error.File, StringComparer.Ordinal)
                    .ThenBy(error => error.Path, StringComparer.Ordinal),
            ]
        )
        {
            Declared = environments
                .Where(entry => !errors.Any(error => IsOf(error, entry.Key) && !SecretsFileRules.IsAbout(error)))
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static bool IsOf(ConfigurationError error, string environment) =>
        error.File.StartsWith($"{ConfigurationTree.Root}/{environment}/", StringComparison.Ordinal);

    private static EnvironmentConfiguration? ReadEnvironment(
        ConfigurationTree tree,
        string folder,
        List<ConfigurationError> errors
    )
    {
        var path = $"{ConfigurationTree.Root}/{folder}";
        if (!TextRule.EnvironmentName.Holds(folder))
        {
            errors.Add(
                new(
                    path,
                    ConfigurationError.WholeFile,
                    "has a name that is no environment's",
                    TextRule.EnvironmentName.Expected
                )
            );
            return null;
        }
        var environment = ReadFile(
            tree,
            $"{path}/environment.json",
            EnvironmentReader.Read,
            (read, found) => EnvironmentRules.Check(read, folder, found),
            errors
        );
        var regions = ReadRegions(tree, path, environment, errors);
        errors.AddRange(SecretsFileRules.Check(tree, path, environment));
        return environment is null ? null : environment with { Regions = regions };
    }

    private static ImmutableArray<RegionConfiguration> ReadRegions(
        ConfigurationTree tree,
        string path,
        EnvironmentConfiguration? environment,
        List<ConfigurationError> errors
    )
    {
        var regions = new List<RegionConfiguration>();
        foreach (var folder in tree.FoldersIn($"{path}/regions"))
            if (!TextRule.RegionName.Holds(folder))
                errors.Add(
                    new(
                        $"{path}/regions/{QuotedText.Plain(folder)}",
                        ConfigurationError.WholeFile,
                        "has a name that is no region's",
                        TextRule.RegionName.Expected
                    )
                );
            else if (
                ReadFile(
                    tree,
                    $"{path}/regions/{folder}/region.json",
                    EnvironmentReader.ReadRegion,
                    (region, found) => CheckRegion(region, folder, environment, found),
                    errors
                ) is
                { } region
            )
                regions.Add(region);
        return [.. regions.OrderBy(region => region.Order).ThenBy(region => region.Name, StringComparer.Ordinal)];
    }

    private static void CheckRegion(
        RegionConfiguration region,
        string folder,
        EnvironmentConfiguration? environment,
        ConfigurationErrors errors
    )
    {
        if (region.Name.Length > 0 && region.Name != folder)
            errors.Add("name", $"is {QuotedText.Of(region.Name)}", $"the name of its folder, \"{folder}\"");
        if (
            environment?.Engine == EngineKind.Terraform
            && !region.CloudMappings.IsEmpty
            && !region.CloudMappings.ContainsKey("aws")
        )
            errors.Add("cloudMappings.aws", "is missing", "AWS's name of the region: the engine terraform runs there");
        if (environment is { IsProduction: true } && region.PublicUrl is { Scheme: "http" })
            errors.Add("publicUrl", "is http", "https for a production environment");
        if (environment is not null && !region.Stages.IsEmpty)
            RolloutRules.CheckStages(environment.Rollout with { Stages = region.Stages }, errors);
    }

    private static ProductConfiguration? ReadProduct(
        ConfigurationTree tree,
        IReadOnlyDictionary<string, EnvironmentConfiguration> environments,
        ImmutableArray<string> folders,
        List<ConfigurationError> errors
    ) =>
        ReadFile(
            tree,
            ConfigurationTree.ProductFile,
            ProductReader.Read,
            (product, found) => ProductRules.Check(product, environments, folders, found),
            errors
        );

    private static T? ReadFile<T>(
        ConfigurationTree tree,
        string file,
        Func<ConfigurationSection, T> read,
        Action<T, ConfigurationErrors> check,
        List<ConfigurationError> errors
    )
        where T : class
    {
        var found = new ConfigurationErrors(file);
        T? value = null;
        if (!tree.Files.TryGetValue(file, out var content))
            found.Add(ConfigurationError.WholeFile, "is missing", "a JSON file there");
        else if (ConfigurationParser.Parse(content, found) is { } node)
        {
            if (node is ObjectNode root)
            {
                value = ConfigurationSection.Read(root, found, read);
                check(value, found);
            }
            else
                found.Add(ConfigurationError.WholeFile, $"is {node.Kind}", "an object");
        }
        errors.AddRange(found.All);
        return value;
    }
}
