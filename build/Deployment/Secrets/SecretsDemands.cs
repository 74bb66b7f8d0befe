using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Secrets;

/// <summary>Refusals before anything is read into use or written.</summary>
public static class SecretsDemands
{
    /// <exception cref="SecretsRefusedException">There are problems.</exception>
    public static void None(SecretsDeclaration declaration, ImmutableArray<SecretsProblem> problems)
    {
        if (problems.IsEmpty)
        {
            return;
        }

        var envelope = problems.Any(problem => problem.Where.StartsWith("sops.", StringComparison.Ordinal));
        throw new SecretsRefusedException(
            declaration,
            problems,
            declaration.Line(envelope ? "--rotate" : "--set=NAME (or --remove=NAME)")
        );
    }

    /// <exception cref="PipelineException">Not a name, or not declared.</exception>
    public static void Declared(SecretsDeclaration declaration, string name)
    {
        if (!SecretsDeclaration.IsName(name))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"--set: {Shown(name)} is no name of a secret",
                "letters, digits and underscores, not ending in _unencrypted"
            );
        }

        if (!declaration.Names.Contains(name))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"--set: {Shown(name)} is not declared for {declaration.File}",
                declaration.Names.IsEmpty ? "a declared name" : $"one of {string.Join(", ", declaration.Names)}",
                "add it to secretNames in the environment's environment.json first"
            );
        }
    }

    /// <exception cref="PipelineException">Not a name, not declared, or no value for it.</exception>
    public static void Settable(SecretsDeclaration declaration, string name, Secret value)
    {
        Declared(declaration, name);
        if (value.IsEmpty || value.Reveal().Contains('\0'))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"--set={name}: the value is {(value.IsEmpty ? "empty" : "not text")}",
                "text on standard input",
                declaration.Line($"--remove={name}")
            );
        }
    }

    /// <summary>A value typed where the name belongs must not come back in a message.</summary>
    private static string Shown(string name) => name.Length <= 40 && name.All(IsNameLike) ? name : "this";

    private static bool IsNameLike(char letter) =>
        char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_';
}
