using Slipway.Environments;
using Slipway.Secrets;

namespace Slipway.Checks;

/// <summary>Says that the environment's secrets were opened: a file that is not as declared has stopped the run before.</summary>
public static class SecretsCheck
{
    /// <param name="secrets">Null where none are declared.</param>
    public static CheckResult Of(EnvironmentConfiguration environment, EnvironmentSecrets? secrets) =>
        secrets is null
            ? new(
                CheckNames.Secrets,
                CheckStatus.NotApplicable,
                $"{environment.Name} declares none (environment.json: secretNames)"
            )
            : new(
                CheckNames.Secrets,
                CheckStatus.Passed,
                $"{string.Join(", ", secrets.Values.Keys)}: each has a value; secrets.enc is sha256:{secrets.FileSha256}"
            );
}
