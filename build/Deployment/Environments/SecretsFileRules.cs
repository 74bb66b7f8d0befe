using System.Text;

namespace Slipway.Environments;

/// <summary>What an environment's <c>secrets.enc</c> must be, told without its key.</summary>
internal static class SecretsFileRules
{
    private static readonly byte[] PrivateKey = Encoding.ASCII.GetBytes("AGE-SECRET-KEY-");

    /// <summary>Whether an error is of a secrets file itself, not of what is configured.</summary>
    public static bool IsAbout(ConfigurationError error) =>
        error.File.StartsWith(ConfigurationTree.Root + "/", StringComparison.Ordinal)
        && error.File.EndsWith("/secrets.enc", StringComparison.Ordinal);

    public static IEnumerable<ConfigurationError> Check(
        ConfigurationTree tree,
        string folder,
        EnvironmentConfiguration? environment
    )
    {
        var file = $"{folder}/secrets.enc";
        if (!tree.Files.TryGetValue(file, out var content))
            yield return new(file, ConfigurationError.WholeFile, "is missing", SecretsFile.Expected);
        else if (SecretsFile.Refusal(content) is { } refusal)
            yield return new(file, ConfigurationError.WholeFile, refusal, SecretsFile.Expected);
        else if (environment is not null)
            foreach (var error in CheckRecipients(file, SecretsFile.Recipients(content), environment))
                yield return error;
        if (environment is null or { IsProduction: true } or { RequiresApproval: true })
            foreach (var path in tree.FilesIn(folder).Where(path => tree.Files[path].Span.IndexOf(PrivateKey) >= 0))
                yield return new(
                    path,
                    ConfigurationError.WholeFile,
                    "holds a private age key",
                    "no key in the repository: whoever reads it reads the secrets"
                );
    }

    private static IEnumerable<ConfigurationError> CheckRecipients(
        string file,
        IReadOnlySet<string> recipients,
        EnvironmentConfiguration environment
    )
    {
        foreach (var stranger in recipients.Except(environment.SecretRecipients))
            yield return new(
                file,
                "sops.age",
                $"is encrypted for {stranger}",
                "only recipients that stand in secretRecipients of environment.json"
            );
        foreach (var missing in environment.SecretRecipients.Except(recipients))
            yield return new(
                file,
                "sops.age",
                $"is not encrypted for {missing}",
                "every recipient of secretRecipients in environment.json"
            );
    }
}
