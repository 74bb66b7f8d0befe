using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>What stands behind the name of a new column, or of a new table.</summary>
internal static class ColumnDefinition
{
    // Whether the definition has the word outside parentheses and outside its default's expression.
    public static bool Has(ImmutableArray<SqlToken> definition, string word)
    {
        var depth = 0;
        foreach (var token in definition)
        {
            if (token.Is("("))
                depth++;
            else if (token.Is(")"))
                depth--;
            else if (depth == 0 && token.Is(word))
                return true;
        }
        return false;
    }

    public static bool HasNotNull(ImmutableArray<SqlToken> definition)
    {
        for (var i = 0; i + 1 < definition.Length; i++)
        {
            if (definition[i].Is("not") && definition[i + 1].Is("null"))
                return true;
        }
        return false;
    }

    public static ImmutableArray<SqlToken>? DefaultOf(ImmutableArray<SqlToken> definition)
    {
        var at = 0;
        while (at < definition.Length && !definition[at].Is("default"))
            at++;
        if (at == definition.Length)
            return null;
        var end = at + 1;
        for (var depth = 0; end < definition.Length; end++)
        {
            if (definition[end].Is("("))
                depth++;
            else if (definition[end].Is(")"))
                depth--;
            else if (depth == 0 && end > at + 1 && IsNextClause(definition, end))
                break;
        }
        return definition[(at + 1)..end];
    }

    /// <summary>The table behind REFERENCES; null when there is none.</summary>
    public static string? ReferencedBy(ImmutableArray<SqlToken> definition)
    {
        for (var i = 0; i < definition.Length; i++)
            if (definition[i].Is("references"))
                return new SqlCursor(definition[(i + 1)..]).Name();
        return null;
    }

    private static bool IsNextClause(ImmutableArray<SqlToken> definition, int at) =>
        definition[at].Text
            is "constraint"
                or "collate"
                or "generated"
                or "null"
                or "references"
                or "check"
                or "unique"
                or "primary"
        || (definition[at].Is("not") && at + 1 < definition.Length && definition[at + 1].Is("null"));
}
