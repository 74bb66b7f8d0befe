using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Environments;

/// <param name="Environments">Those whose files are without error, by name.</param>
/// <param name="Product">Null when <c>slipway.json</c> has errors.</param>
/// <param name="Errors">All errors of all files, in order of file and path.</param>
public sealed record ConfigurationResult(
    ImmutableSortedDictionary<string, EnvironmentConfiguration> Environments,
    ProductConfiguration? Product,
    ImmutableArray<ConfigurationError> Errors
)
{
    public bool IsValid => Errors.IsEmpty;

    /// <summary>Those with no error but in their secrets file: what is to be mended by the target Secrets.</summary>
    public ImmutableSortedDictionary<string, EnvironmentConfiguration> Declared { get; init; } =
        ImmutableSortedDictionary<string, EnvironmentConfiguration>.Empty;

    /// <exception cref="ConfigurationException">There is an error anywhere.</exception>
    public ValidConfiguration Demand() =>
        IsValid && Product is not null ? new(Environments, Product) : throw new ConfigurationException(Errors);

    /// <summary>The configuration where nothing but secrets files may be wrong: whoever mends one of them needs the rest.</summary>
    /// <exception cref="ConfigurationException">There is another error.</exception>
    public ValidConfiguration DemandButSecretsFiles() =>
        Product is not null && Errors.All(error => SecretsFileRules.IsAbout(error))
            ? new(Declared, Product)
            : throw new ConfigurationException([.. Errors.Where(error => !SecretsFileRules.IsAbout(error))]);
}

/// <summary>The whole configuration, without any error.</summary>
public sealed record ValidConfiguration(
    ImmutableSortedDictionary<string, EnvironmentConfiguration> Environments,
    ProductConfiguration Product
)
{
    public IReadOnlySet<string> EnvironmentNames => Environments.Keys.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <param name="name">As typed; null for the default environment.</param>
    /// <exception cref="PipelineException">There is no such environment.</exception>
    public EnvironmentConfiguration Environment(string? name)
    {
        var wanted = name ?? Product.DefaultEnvironment;
        return Environments.TryGetValue(wanted, out var environment)
            ? environment
            : throw new PipelineException(
                ExitCode.Usage,
                $"there is no environment {QuotedText.Of(wanted)}: environments/ has no such folder",
                $"one of {string.Join(", ", Environments.Keys)}",
                NearestName.Of(wanted, Environments.Keys) is { } near ? $"--environment={near}" : null
            );
    }

    /// <param name="path">As typed; null for the only sub-project, or the root.</param>
    /// <exception cref="PipelineException">There is no such sub-project.</exception>
    public SubProject SubProject(string? path)
    {
        var projects = Product.SubProjects;
        if (path is null && projects.Length == 1)
            return projects[0];
        return projects.FirstOrDefault(project => project.Path == (path ?? ""))
            ?? throw new PipelineException(
                ExitCode.Usage,
                path is null
                    ? "this product has several sub-projects"
                    : $"there is no sub-project {QuotedText.Of(path)}",
                $"one of {string.Join(", ", projects.Select(project => QuotedText.Of(project.Path)))} (slipway.json, subProjects)",
                $"--project={NearestName.Of(path ?? "", projects.Select(project => project.Path)) ?? projects[0].Path}"
            );
    }
}
