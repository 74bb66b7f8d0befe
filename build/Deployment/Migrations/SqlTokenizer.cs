namespace Slipway.Migrations;

/// <summary>
/// PostgreSQL's lexical rules: nested comments, dollar quotes, <c>E''</c> strings, quoted names. What stands in a
/// string or a comment is never taken for SQL. Comments are left out.
/// </summary>
internal sealed class SqlTokenizer
{
    private readonly string _text;
    private int _at;
    private int _line;

    private SqlTokenizer(string text, int firstLine)
    {
        _text = text;
        _line = firstLine;
    }

    public static List<SqlToken> Tokenize(string text, int firstLine = 1)
    {
        var tokenizer = new SqlTokenizer(text, firstLine);
        var tokens = new List<SqlToken>();
        while (tokenizer.Next() is { } token)
            tokens.Add(token);
        return tokens;
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private char Ahead => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private SqlToken? Next()
    {
        if (SkipBlank() is { } broken)
            return broken;
        if (_at >= _text.Length)
            return null;

        var (start, line) = (_at, _line);
        var c = Current;
        if (c == '\'')
            return Quoted('\'', escapes: false, SqlTokenKind.String, start, line);
        if (c == '"')
            return Quoted('"', escapes: false, SqlTokenKind.QuotedName, start, line);
        if (c == '$' && DollarTag() is { } tag)
            return DollarQuoted(tag, start, line);
        if (c == '\\' && AtStartOfLine(start))
            return PsqlCommand(start, line);
        if (IsNameStart(c))
            return WordOrPrefixedString(start, line);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Ahead)))
            return Number(start, line);
        return Symbol(start, line);
    }

    private SqlToken? SkipBlank()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Current) || Current == '\uFEFF')
                Advance();
            else if (Current == '-' && Ahead == '-')
                SkipLine();
            else if (Current == '/' && Ahead == '*')
            {
                var (start, line) = (_at, _line);
                if (!SkipComment())
                    return new SqlToken(SqlTokenKind.Unterminated, "comment", line, start, _at);
            }
            else
                break;
        }
        return null;
    }

    private void SkipLine()
    {
        while (_at < _text.Length && Current != '\n')
            _at++;
    }

    private bool SkipComment()
    {
        var depth = 0;
        do
        {
            if (Current == '/' && Ahead == '*')
            {
                depth++;
                _at += 2;
            }
            else if (Current == '*' && Ahead == '/')
            {
                depth--;
                _at += 2;
            }
            else
                Advance();
        } while (depth > 0 && _at < _text.Length);
        return depth == 0;
    }

    private SqlToken Quoted(char quote, bool escapes, SqlTokenKind kind, int start, int line)
    {
        Advance();
        var content = new System.Text.StringBuilder();
        while (_at < _text.Length)
        {
            if (Current == quote && Ahead == quote)
            {
                content.Append(quote);
                _at += 2;
            }
            else if (Current == quote)
            {
                _at++;
                return new SqlToken(kind, content.ToString(), line, start, _at);
            }
            else
            {
                if (escapes && Current == '\\')
                {
                    content.Append(Current);
                    Advance();
                }
                content.Append(Current);
                Advance();
            }
        }
        return new SqlToken(SqlTokenKind.Unterminated, quote == '\'' ? "string" : "name", line, start, _at);
    }

    // $tag$ with a tag like a name, or $$; "$1" is a parameter, and "a$b$c" never comes here because it is one word.
    private string? DollarTag()
    {
        var end = _at + 1;
        if (end < _text.Length && IsNameStart(_text[end]))
        {
            while (end < _text.Length && IsNamePart(_text[end]) && _text[end] != '$')
                end++;
        }
        return end < _text.Length && _text[end] == '$' ? _text[_at..(end + 1)] : null;
    }

    private SqlToken DollarQuoted(string tag, int start, int line)
    {
        var from = _at + tag.Length;
        var end = _text.IndexOf(tag, from, StringComparison.Ordinal);
        var stop = end < 0 ? _text.Length : end + tag.Length;
        while (_at < stop)
            Advance();
        return end < 0
            ? new SqlToken(SqlTokenKind.Unterminated, "dollar-quoted string", line, start, _at)
            : new SqlToken(SqlTokenKind.String, _text[from..end], line, start, _at);
    }

    private SqlToken PsqlCommand(int start, int line)
    {
        SkipLine();
        return new SqlToken(SqlTokenKind.PsqlCommand, _text[start.._at].TrimEnd(), line, start, _at);
    }

    private SqlToken WordOrPrefixedString(int start, int line)
    {
        if (Current is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N' && Ahead == '\'')
        {
            var escapes = Current is 'e' or 'E';
            _at++;
            return Quoted('\'', escapes, SqlTokenKind.String, start, line);
        }
        if (Current is 'u' or 'U' && Ahead == '&' && _at + 2 < _text.Length && _text[_at + 2] is '\'' or '"')
        {
            _at += 2;
            return Current == '"'
                ? Quoted('"', escapes: false, SqlTokenKind.QuotedName, start, line)
                : Quoted('\'', escapes: false, SqlTokenKind.String, start, line);
        }
        while (IsNamePart(Current))
            _at++;
        return new SqlToken(SqlTokenKind.Word, _text[start.._at].ToLowerInvariant(), line, start, _at);
    }

    private SqlToken Number(int start, int line)
    {
        while (char.IsAsciiLetterOrDigit(Current) || Current is '.' or '_')
            _at++;
        return new SqlToken(SqlTokenKind.Number, _text[start.._at], line, start, _at);
    }

    private SqlToken Symbol(int start, int line)
    {
        Advance();
        if (_text[start] == ':' && Current == ':')
            _at++;
        return new SqlToken(SqlTokenKind.Symbol, _text[start.._at], line, start, _at);
    }

    private bool AtStartOfLine(int at)
    {
        for (var i = at - 1; i >= 0 && _text[i] != '\n'; i--)
        {
            if (!char.IsWhiteSpace(_text[i]))
                return false;
        }
        return true;
    }

    private void Advance()
    {
        if (_at < _text.Length && _text[_at] == '\n')
            _line++;
        _at++;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\x80';

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || c == '$';
}
