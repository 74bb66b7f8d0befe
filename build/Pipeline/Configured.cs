using System.Collections.Immutable;
using System.Text;
using Slipway.Environments;
using Slipway.Products;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>The configuration of the repository, read once, when it is first asked for.</summary>
public sealed class Configured(ProjectFiles files, Request request)
{
    private readonly Lazy<ConfigurationResult> _read = new(() => Read(files));

    /// <summary>Everything, or every error of every file at once.</summary>
    /// <exception cref="ConfigurationException">There is an error anywhere.</exception>
    public ValidConfiguration Demand() => _read.Value.Demand();

    /// <summary>The same where secrets files may be wrong: for the target that mends them.</summary>
    public ValidConfiguration DemandButSecretsFiles() => _read.Value.DemandButSecretsFiles();

    public ProductConfiguration Product => Demand().Product;

    public EnvironmentConfiguration Environment => Demand().Environment(request.Environment);

    public SubProject SubProject => Demand().SubProject(request.Project);

    private static ConfigurationResult Read(ProjectFiles files)
    {
        var tree = files.ReadAsync(CancellationToken.None).GetAwaiter().GetResult();
        // A file that could not be read as text is there all the same: its own problem is reported, not that it is missing.
        var unreadable = tree.Problems.Select(problem => problem.File).ToHashSet(StringComparer.Ordinal);
        var result = Configuration.Read(
            new ConfigurationTree(
                tree.Files.ToImmutableSortedDictionary(
                    file => file.Key,
                    file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Value),
                    StringComparer.Ordinal
                ),
                tree.Folders
            )
        );
        return result with
        {
            Errors =
            [
                .. tree.Problems.Select(problem => new ConfigurationError(
                    problem.File,
                    ConfigurationError.WholeFile,
                    problem.Problem,
                    problem.Expected
                )),
                .. result.Errors.Where(error => !unreadable.Contains(error.File)),
            ],
        };
    }
}
