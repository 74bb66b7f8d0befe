using System.Collections.Immutable;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <param name="Inspection">Null when the file could not be taken apart.</param>
/// <param name="Problems">Everything that is wrong; empty: it is as declared, as far as can be seen without a key.</param>
public sealed record SecretsReport(SecretsInspection? Inspection, ImmutableArray<SecretsProblem> Problems)
{
    internal static SecretsReport Refused(SopsException exception) =>
        new(null, [new SecretsProblem("", exception.Message, exception.Expected ?? "a file encrypted by SOPS")]);
}

/// <summary>Holds a file against its declaration without a key: is it encrypted, for whom, which names are in it.</summary>
public static class SopsCheck
{
    public static SecretsReport Run(string text, SecretsDeclaration declaration)
    {
        try
        {
            var inspection = SopsSecrets.Inspect(SopsDocument.Parse(text));
            return new SecretsReport(inspection, SecretsRules.Check(declaration, inspection));
        }
        catch (SopsException exception)
        {
            return SecretsReport.Refused(exception);
        }
    }
}
