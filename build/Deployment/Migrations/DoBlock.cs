using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>
/// <c>DO $$ … $$</c>: the statements inside are judged like any other. What is built at run time (<c>EXECUTE</c>)
/// cannot be read.
/// </summary>
internal static class DoBlock
{
    private static readonly ImmutableHashSet<string> Starts =
    [
        "alter",
        "call",
        "cluster",
        "comment",
        "copy",
        "create",
        "delete",
        "drop",
        "grant",
        "insert",
        "lock",
        "merge",
        "refresh",
        "reindex",
        "revoke",
        "truncate",
        "update",
        "vacuum",
        "with",
    ];

    public static IEnumerable<Judgement> Judge(SqlCursor cursor, ClassificationState state)
    {
        if (cursor.Accept("language"))
        {
            if (cursor.Name() != "plpgsql")
                return [StatementRules.Opaque()];
        }
        var body = cursor.Take();
        if (body.Kind != SqlTokenKind.String || (cursor.Accept("language") && cursor.Name() != "plpgsql"))
            return [StatementRules.Opaque()];

        var judgements = new List<Judgement>();
        foreach (var statement in SqlStatement.Split(body.Text, body.Line))
        {
            if (Inner(statement) is { } inner)
                judgements.AddRange(StatementRules.Judge(inner, state));
            else if (statement.Tokens.Any(token => token.Is("execute")))
                judgements.Add(StatementRules.Opaque());
            else if (statement.Tokens.Any(token => token.Is("commit") || token.Is("rollback")))
                judgements.Add(
                    Judgement.Unsafe("transaction-control", null, "let the tool begin and end transactions: remove it")
                );
        }
        return judgements.Count > 0 ? judgements : [Judgement.Expand("do-block")];
    }

    // Steps over BEGIN, IF … THEN, ELSE, LOOP to the SQL statement behind them; null when there is none.
    private static SqlStatement? Inner(SqlStatement statement)
    {
        var tokens = statement.Tokens;
        var depth = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Is("("))
                depth++;
            else if (tokens[i].Is(")"))
                depth--;
            var begins = i == 0 || tokens[i - 1].Text is "begin" or "then" or "else" or "loop";
            if (depth == 0 && begins && tokens[i].Kind == SqlTokenKind.Word && Starts.Contains(tokens[i].Text))
                return statement with { Tokens = tokens[i..], Line = tokens[i].Line };
        }
        return null;
    }
}
