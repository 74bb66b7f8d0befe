using System.Collections.Immutable;

namespace Slipway.Environments;

/// <summary>A value of a configuration file that knows its dotted path.</summary>
internal abstract record ConfigurationNode(string Path)
{
    /// <summary>What it is, for a message.</summary>
    public abstract string Kind { get; }
}

internal sealed record ObjectNode(string Path, ImmutableSortedDictionary<string, ConfigurationNode> Members)
    : ConfigurationNode(Path)
{
    public override string Kind => "an object";
}

internal sealed record ListNode(string Path, ImmutableArray<ConfigurationNode> Items) : ConfigurationNode(Path)
{
    public override string Kind => "a list";
}

internal sealed record TextNode(string Path, string Value) : ConfigurationNode(Path)
{
    public override string Kind => "text";
}

/// <param name="Value">As written.</param>
internal sealed record NumberNode(string Path, string Value) : ConfigurationNode(Path)
{
    public override string Kind => "a number";
}

internal sealed record FlagNode(string Path, bool Value) : ConfigurationNode(Path)
{
    public override string Kind => Value ? "true" : "false";
}

internal sealed record NullNode(string Path) : ConfigurationNode(Path)
{
    public override string Kind => "null";
}
