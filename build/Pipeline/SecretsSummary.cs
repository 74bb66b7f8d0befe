using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>What a secrets file shows without a key, as people read it.</summary>
public static class SecretsSummary
{
    public static string Of(SecretsDeclaration declaration, SecretsReport report) =>
        report.Inspection is not { } seen
            ? $"{declaration.Environment}: cannot be taken apart"
            : $"{declaration.Environment}: {seen.Format}, {Names(declaration, seen)}, "
                + $"for {string.Join(", ", seen.Recipients)}, changed {seen.LastModified}";

    /// <summary>Names the file once, whether the problem does so itself or not.</summary>
    public static string Of(SecretsDeclaration declaration, SecretsProblem problem)
    {
        var text = problem.ToString();
        return text.StartsWith(declaration.File, StringComparison.Ordinal) ? text : $"{declaration.File}: {text}";
    }

    private static string Names(SecretsDeclaration declaration, SecretsInspection seen) =>
        seen.Entries is not { } entries
            ? $"its names are hidden without a key ({declaration.Names.Length} are declared)"
            : $"{entries.Length} of {declaration.Names.Length} declared names"
                + (entries.IsEmpty ? "" : $" ({string.Join(", ", entries.Select(entry => entry.Name))})");
}
