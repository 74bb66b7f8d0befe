using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <param name="Start">Offset of its first character in the script.</param>
public readonly record struct SqlPart(string Text, int Start);

/// <summary>A script as its statements, for whoever sends or logs them one by one.</summary>
public static class SqlScript
{
    /// <summary>
    /// The statements; a single part when the script must be sent whole: it cannot be read to its end, or a statement
    /// in it expects more than an answer (<c>COPY … FROM STDIN</c>).
    /// </summary>
    public static ImmutableArray<SqlPart> Parts(string script)
    {
        var statements = SqlStatement.Split(script);
        var whole = statements.Any(statement =>
            statement.Tokens.Any(token => token.Kind is SqlTokenKind.Unterminated or SqlTokenKind.PsqlCommand)
            || statement.Tokens[0].Is("copy")
        );
        return whole || statements.Length < 2
            ? [new SqlPart(script, 0)]
            : [.. statements.Select(statement => new SqlPart(statement.Text, statement.Start))];
    }
}
