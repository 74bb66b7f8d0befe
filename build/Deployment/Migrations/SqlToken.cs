namespace Slipway.Migrations;

internal enum SqlTokenKind
{
    /// <summary>Keyword or name, folded to lower case as the server does.</summary>
    Word,

    /// <summary>A name in double quotes, without them, case kept.</summary>
    QuotedName,

    /// <summary>Any string constant; the text is its content as written.</summary>
    String,
    Number,

    /// <summary>Punctuation or operator.</summary>
    Symbol,

    /// <summary>A line for psql (<c>\copy</c>), which no server understands.</summary>
    PsqlCommand,

    /// <summary>A string, name or comment without an end.</summary>
    Unterminated,
}

/// <param name="Line">1-based, in the file.</param>
/// <param name="Start">Offset of its first character in the text.</param>
/// <param name="End">Offset after its last character.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text, int Line, int Start, int End)
{
    public bool Is(string text) => Kind is SqlTokenKind.Word or SqlTokenKind.Symbol && Text == text;
}
