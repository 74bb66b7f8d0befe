using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>
/// Whether a version's source could read a table or column: whether the name stands in it as a word, as SQL has it
/// (<c>last_login</c>) or as code has it (<c>lastLogin</c>, <c>LastLogin</c>). It errs to the safe side: a common word is
/// found where it means something else, and then a person decides with <c>--force --reason</c>.
/// </summary>
public static class SchemaWords
{
    private const int LongestWord = 63;

    /// <summary>The words of source texts, folded to lower case without underscores.</summary>
    public static ImmutableHashSet<string> Of(IEnumerable<string> texts)
    {
        var words = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var start = -1;
            for (var i = 0; i <= text.Length; i++)
            {
                var isWord = i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_');
                if (isWord && start < 0)
                    start = i;
                if (!isWord && start >= 0)
                {
                    if (i - start <= LongestWord)
                        words.Add(Fold(text[start..i]));
                    start = -1;
                }
            }
        }
        return words.ToImmutable();
    }

    /// <param name="target"><c>users</c>, <c>users.email</c>, <c>billing.invoices</c>, or several with commas.</param>
    public static bool Reads(ImmutableHashSet<string> words, string target) =>
        target.Split(',').Any(one => words.Contains(Fold(one[(one.LastIndexOf('.') + 1)..])));

    private static string Fold(string word) => word.Replace("_", "").ToLowerInvariant();
}
