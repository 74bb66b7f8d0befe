using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>
/// Whether a default has one value for all rows (the server then notes it and rewrites nothing) or must be computed
/// row by row. A function that is not known here is taken to be volatile, as PostgreSQL does by default.
/// </summary>
internal static class VolatileExpression
{
    private static readonly ImmutableHashSet<string> Steady =
    [
        "abs",
        "array_to_json",
        "ceil",
        "char_length",
        "coalesce",
        "concat",
        "concat_ws",
        "current_setting",
        "current_time",
        "current_timestamp",
        "date_part",
        "date_trunc",
        "extract",
        "floor",
        "format",
        "greatest",
        "json_build_array",
        "json_build_object",
        "jsonb_build_array",
        "jsonb_build_object",
        "least",
        "left",
        "length",
        "localtime",
        "localtimestamp",
        "lower",
        "make_date",
        "make_interval",
        "make_time",
        "make_timestamp",
        "make_timestamptz",
        "md5",
        "now",
        "nullif",
        "power",
        "repeat",
        "replace",
        "right",
        "round",
        "row",
        "sqrt",
        "statement_timestamp",
        "substr",
        "substring",
        "timezone",
        "to_char",
        "to_date",
        "to_json",
        "to_jsonb",
        "to_timestamp",
        "transaction_timestamp",
        "trim",
        "upper",
    ];

    // A type's name takes its length in parentheses and is no call.
    private static readonly ImmutableHashSet<string> Types =
    [
        "bit",
        "bpchar",
        "char",
        "character",
        "decimal",
        "float",
        "interval",
        "numeric",
        "time",
        "timestamp",
        "timestamptz",
        "timetz",
        "varbit",
        "varchar",
        "varying",
    ];

    private static readonly ImmutableHashSet<string> Keywords =
    [
        "and",
        "any",
        "array",
        "as",
        "case",
        "cast",
        "else",
        "from",
        "in",
        "not",
        "or",
        "then",
        "when",
    ];

    /// <returns>The first function that may be volatile; null when there is none.</returns>
    public static string? FirstVolatile(ImmutableArray<SqlToken> tokens)
    {
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            var token = tokens[i];
            if (!tokens[i + 1].Is("(") || token.Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName))
                continue;
            // A function of one's own may have the name of a steady one.
            if (i > 1 && tokens[i - 1].Is(".") && tokens[i - 2].Text != "pg_catalog")
                return token.Text;
            if (!Steady.Contains(token.Text) && !Types.Contains(token.Text) && !Keywords.Contains(token.Text))
                return token.Text;
        }
        return null;
    }
}
