using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>One statement of a script, as tokens and as written.</summary>
internal sealed record SqlStatement(ImmutableArray<SqlToken> Tokens, string Text, int Line, int Start)
{
    /// <summary>Parts a script at the semicolons that end statements: not those in strings, parentheses or SQL-standard function bodies.</summary>
    public static ImmutableArray<SqlStatement> Split(string script, int firstLine = 1)
    {
        var statements = ImmutableArray.CreateBuilder<SqlStatement>();
        var current = ImmutableArray.CreateBuilder<SqlToken>();
        var depth = 0;
        var blocks = 0;
        foreach (var token in SqlTokenizer.Tokenize(script, firstLine))
        {
            if (token.Kind == SqlTokenKind.PsqlCommand)
            {
                Finish();
                current.Add(token);
                Finish();
                continue;
            }
            if (token.Is(";") && depth <= 0 && blocks == 0)
            {
                Finish();
                continue;
            }
            if (token.Is("("))
                depth++;
            else if (token.Is(")"))
                depth--;
            else if (token.Is("atomic") && current.Count > 0 && current[^1].Is("begin"))
                blocks++;
            else if (blocks > 0 && token.Is("case"))
                blocks++;
            else if (blocks > 0 && token.Is("end"))
                blocks--;
            current.Add(token);
        }
        Finish();
        return statements.ToImmutable();

        void Finish()
        {
            if (current.Count > 0)
            {
                var tokens = current.ToImmutable();
                var text = script[tokens[0].Start..tokens[^1].End];
                statements.Add(new SqlStatement(tokens, text, tokens[0].Line, tokens[0].Start));
            }
            current.Clear();
            depth = 0;
            blocks = 0;
        }
    }
}
