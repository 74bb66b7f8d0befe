using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Secrets;

/// <summary>A secrets file is not what its environment declares: nothing may run with it. Names problems, never a value.</summary>
public sealed class SecretsRefusedException(
    SecretsDeclaration declaration,
    ImmutableArray<SecretsProblem> problems,
    string next
)
    : PipelineException(
        ExitCode.Usage,
        string.Join('\n', problems.Select(problem => $"{declaration.File}: {problem}")),
        next: next
    )
{
    public ImmutableArray<SecretsProblem> Problems { get; } = problems;
}
