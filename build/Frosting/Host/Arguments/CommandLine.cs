using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>A command line, read against what is declared. All its problems are found at once.</summary>
/// <param name="Values">By the declared name, in the order typed; a flag has the value <c>true</c>.</param>
internal sealed record CommandLine(
    ImmutableDictionary<string, ImmutableArray<string>> Values,
    ImmutableArray<string> Problems
)
{
    public bool Has(string name) => Values.ContainsKey(name);

    public string? Value(string name) => Values.TryGetValue(name, out var values) ? values[^1] : null;

    public ImmutableArray<string> List(string name) => Values.TryGetValue(name, out var values) ? values : [];

    /// <param name="strict">False: what is not declared passes as Cake lets it pass.</param>
    public static CommandLine Parse(
        ImmutableArray<string> arguments,
        ImmutableArray<ArgumentDeclaration> declarations,
        bool strict
    ) => new CommandLineReader(declarations, strict).Read(arguments);
}
