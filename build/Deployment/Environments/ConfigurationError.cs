using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Environments;

/// <param name="File">Relative to the repository.</param>
/// <param name="Path">Dotted path in the file, e.g. <c>services[0].healthPath</c>; a line and column where there is no path yet.</param>
public sealed record ConfigurationError(string File, string Path, string Problem, string Expected)
{
    /// <summary>The path of an error about a file as a whole.</summary>
    public const string WholeFile = "(file)";

    public override string ToString() => $"{QuotedText.Plain(File)}: {Path}: {Problem}, expected {Expected}";
}

/// <summary>The configuration is wrong: every error of every file, one per line. Nothing was started.</summary>
public sealed class ConfigurationException(IReadOnlyCollection<ConfigurationError> errors)
    : PipelineException(
        ExitCode.Usage,
        $"the configuration has {errors.Count} error{(errors.Count == 1 ? "" : "s")}:\n"
            + string.Join('\n', errors.Select(error => $"  {error}")),
        next: "correct the files, then ./build.sh --target=Validate"
    )
{
    public IReadOnlyCollection<ConfigurationError> Errors { get; } = errors;
}

/// <summary>Collects the errors of one file.</summary>
internal sealed class ConfigurationErrors(string file)
{
    private readonly List<ConfigurationError> _errors = [];

    public IReadOnlyList<ConfigurationError> All => _errors;

    public void Add(string path, string problem, string expected) => _errors.Add(new(file, path, problem, expected));
}
