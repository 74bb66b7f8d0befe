using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>Reads a statement from left to right.</summary>
internal sealed class SqlCursor(ImmutableArray<SqlToken> tokens)
{
    private int _at;

    public bool AtEnd => _at >= tokens.Length;

    public SqlToken Current => AtEnd ? default : tokens[_at];

    public ImmutableArray<SqlToken> Rest => tokens[_at..];

    public bool Sees(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (_at + i >= tokens.Length || !tokens[_at + i].Is(words[i]))
                return false;
        }
        return true;
    }

    /// <summary>Steps over the words when they stand here, all of them.</summary>
    public bool Accept(params ReadOnlySpan<string> words)
    {
        if (!Sees(words))
            return false;
        _at += words.Length;
        return true;
    }

    public SqlToken Take() => AtEnd ? default : tokens[_at++];

    /// <summary>A name, with its schema unless that is <c>public</c>; empty when none stands here.</summary>
    public string Name()
    {
        var parts = new List<string>();
        while (Current.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
        {
            parts.Add(Take().Text);
            if (!Accept("."))
                break;
        }
        if (parts.Count > 1 && parts[0] == "public")
            parts.RemoveAt(0);
        return string.Join('.', parts);
    }

    /// <summary>Steps to the next ON; the name behind it.</summary>
    public string NameAfterOn()
    {
        while (!AtEnd && !Accept("on"))
            Take();
        Accept("only");
        return Name();
    }

    public bool RestHas(params ReadOnlySpan<string> words)
    {
        for (var i = _at; i < tokens.Length; i++)
        {
            var all = i + words.Length <= tokens.Length;
            for (var j = 0; all && j < words.Length; j++)
                all = tokens[i + j].Is(words[j]);
            if (all)
                return true;
        }
        return false;
    }

    /// <summary>What is left, parted at the commas outside parentheses and brackets.</summary>
    public IEnumerable<SqlCursor> Parts()
    {
        var depth = 0;
        var from = _at;
        for (var i = _at; i < tokens.Length; i++)
        {
            if (tokens[i].Is("(") || tokens[i].Is("["))
                depth++;
            else if (tokens[i].Is(")") || tokens[i].Is("]"))
                depth--;
            else if (tokens[i].Is(",") && depth == 0)
            {
                yield return new SqlCursor(tokens[from..i]);
                from = i + 1;
            }
        }
        if (from < tokens.Length)
            yield return new SqlCursor(tokens[from..]);
    }

    /// <summary>The tokens of the parentheses that open here, without them; steps behind them.</summary>
    public ImmutableArray<SqlToken> Parenthesized()
    {
        if (!Accept("("))
            return [];
        var from = _at;
        var depth = 1;
        while (!AtEnd && depth > 0)
        {
            if (Current.Is("("))
                depth++;
            else if (Current.Is(")"))
                depth--;
            _at++;
        }
        return tokens[from..Math.Max(from, _at - 1)];
    }
}
