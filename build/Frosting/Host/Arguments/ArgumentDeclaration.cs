using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>What an argument carries.</summary>
public enum ArgumentKind
{
    /// <summary>Nothing: it is there or not. <c>=true</c> and <c>=false</c> are understood, because workflows pass inputs so.</summary>
    Flag,

    /// <summary>One value.</summary>
    Value,

    /// <summary>Values, separated by commas or by repeating the argument.</summary>
    List,
}

/// <summary>An argument of the program, declared once: parsing, validation, help and completion come from it.</summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="Description">One line, for <c>--help</c>.</param>
public sealed record ArgumentDeclaration(string Name, string Description)
{
    public ArgumentKind Kind { get; init; } = ArgumentKind.Value;

    /// <summary>Names the value in <c>--help</c>: <c>--environment=&lt;name&gt;</c>.</summary>
    public string ValueName { get; init; } = "value";

    /// <summary>The only values it takes; empty: any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Null: the value is good. Else what is wrong and what is expected.</summary>
    public Func<string, string?>? Validate { get; init; }

    /// <summary>Its value never appears in a message, a log or a listing.</summary>
    public bool Secret { get; init; }

    /// <summary>The value when nobody gives one.</summary>
    public string? Default { get; init; }

    /// <summary>The heading it stands under in <c>--help</c>.</summary>
    public string Group { get; init; } = "Arguments";

    /// <summary>Other names it answers to; one character is a short form (<c>-t</c>).</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];
}
