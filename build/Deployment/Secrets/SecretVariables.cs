using System.Text.RegularExpressions;

namespace Slipway.Secrets;

/// <summary>
/// Which environment variables hold secrets, told by their names, so that they are masked before the first program runs:
/// every child inherits them, and any may print them.
/// </summary>
public static partial class SecretVariables
{
    /// <summary>A shorter value of a variable that only its name makes a secret is a switch or a number.</summary>
    private const int Shortest = 8;

    /// <summary>Names that look like a secret's, and what they hold is none.</summary>
    private static readonly string[] Harmless = ["_FILE", "_PATH", "_DIR", "_ID", "_URL", "_NAME", "_TTL", "_LIFETIME"];

    public static IEnumerable<Secret> Find(IEnumerable<KeyValuePair<string, string>> variables) =>
        variables
            .Where(variable =>
                variable.Value.Length >= Shortest && (IsSecret(variable.Key) || HasLogin(variable.Value))
            )
            .Select(variable => new Secret(variable.Value));

    private static bool IsSecret(string name) =>
        Words().IsMatch(name)
        && (
            name.Contains("WEBHOOK", StringComparison.OrdinalIgnoreCase)
            || !Array.Exists(Harmless, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>A URL with a password, e.g. of a database or a proxy.</summary>
    private static bool HasLogin(string value) => Login().IsMatch(value);

    [GeneratedRegex(
        "(^|_)(TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PGPASSWORD|CREDENTIAL|CREDENTIALS|WEBHOOK|PAT|CONN_STR"
            + "|AGE_KEY|API_KEY|APIKEY|ACCESS_KEY|PRIVATE_KEY|SIGNING_KEY|ENCRYPTION_KEY|PROD_KEY|SSH_KEY)(_|$)",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Words();

    [GeneratedRegex(
        @"\A[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]+@",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Login();
}
