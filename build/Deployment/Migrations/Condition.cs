using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>Whether a WHERE names some rows, or only says what it could say of all of them.</summary>
internal static class Condition
{
    /// <summary>
    /// A comparison with something, a list, a range or a limit bounds. <c>WHERE x IS NULL</c> alone does not: on the day
    /// a column is added, that is every row.
    /// </summary>
    public static bool IsBounded(ImmutableArray<SqlToken> statement)
    {
        var depth = 0;
        for (var i = 0; i < statement.Length; i++)
        {
            if (statement[i].Is("("))
                depth++;
            else if (statement[i].Is(")"))
                depth--;
            else if (depth == 0 && statement[i].Is("where"))
                return Bounds(statement[(i + 1)..]);
        }
        return false;
    }

    private static bool Bounds(ImmutableArray<SqlToken> condition)
    {
        for (var i = 0; i < condition.Length; i++)
        {
            if (condition[i].Text is "returning" && condition[i].Kind == SqlTokenKind.Word)
                return false;
            if (
                condition[i].Kind == SqlTokenKind.Word
                && condition[i].Text
                    is "in"
                        or "between"
                        or "any"
                        or "exists"
                        or "limit"
                        or "like"
                        or "ilike"
                        or "similar"
            )
                return true;
            if (condition[i].Kind == SqlTokenKind.Symbol && condition[i].Text is "=" or "<" or ">" or "~" or "@")
                return !ComparesConstants(condition, i);
        }
        return false;
    }

    // WHERE 1 = 1
    private static bool ComparesConstants(ImmutableArray<SqlToken> condition, int at) =>
        at > 0
        && at + 1 < condition.Length
        && condition[at - 1].Kind is SqlTokenKind.Number or SqlTokenKind.String
        && condition[at + 1].Kind is SqlTokenKind.Number or SqlTokenKind.String
        && at + 2 >= condition.Length;
}
