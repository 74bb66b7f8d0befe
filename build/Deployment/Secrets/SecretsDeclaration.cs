using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Environments;

namespace Slipway.Secrets;

/// <summary>What an environment's configuration says about its secrets file.</summary>
/// <param name="Environment">Name of the environment, for the command to type next.</param>
/// <param name="File">Path from the root, for messages and for the tool that reads it.</param>
/// <param name="Names">Exactly what the file holds, each non-empty.</param>
/// <param name="Recipients">Exactly who may decrypt it.</param>
public sealed partial record SecretsDeclaration(
    string Environment,
    string File,
    ImmutableArray<string> Names,
    ImmutableArray<string> Recipients
)
{
    public static SecretsDeclaration Of(EnvironmentConfiguration environment) =>
        new(
            environment.Name,
            $"environments/{environment.Name}/secrets.enc",
            environment.SecretNames,
            environment.SecretRecipients
        );

    /// <summary>A line to type: the Secrets target of this environment.</summary>
    public string Line(string argument) => $"./build.sh --target=Secrets --environment={Environment} {argument}";

    /// <summary>Whether it can be handed to a child as a variable, and is none that a SOPS file gives a meaning of its own.</summary>
    public static bool IsName(string name) =>
        Name().IsMatch(name)
        && name is not ("sops" or "data")
        && !name.EndsWith("_unencrypted", StringComparison.Ordinal);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
