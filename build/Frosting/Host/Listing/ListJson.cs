using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Host;

/// <summary><c>--list --json</c>: the targets and arguments, for programs.</summary>
internal sealed record ListJson(ImmutableArray<ListJson.Target> Targets, ImmutableArray<ListJson.Argument> Arguments)
{
    internal sealed record Target(string Name, string Description, ImmutableArray<string> DependsOn);

    internal sealed record Argument(string Name, string Description, string Kind, string Group)
    {
        public string? ValueName { get; init; }

        public ImmutableArray<string>? Choices { get; init; }

        public string? Default { get; init; }

        public ImmutableArray<string>? Aliases { get; init; }

        public bool? Secret { get; init; }
    }

    public static string Of(TaskCatalog catalog, ImmutableArray<ArgumentDeclaration> arguments) =>
        JsonSerializer.Serialize(
            new ListJson(
                [.. catalog.Tasks.Select(task => new Target(task.Name, task.Description, task.DependsOn))],
                [.. arguments.Select(Shown)]
            ),
            ListJsonContext.Default.ListJson
        );

    private static Argument Shown(ArgumentDeclaration argument) =>
        new(argument.Name, argument.Description, argument.Kind.ToString().ToLowerInvariant(), argument.Group)
        {
            ValueName = argument.Kind == ArgumentKind.Flag ? null : argument.ValueName,
            Choices = argument.Choices.IsEmpty ? null : argument.Choices,
            Default = argument.Secret ? null : argument.Default,
            Aliases = argument.Aliases.IsEmpty ? null : argument.Aliases,
            Secret = argument.Secret ? true : null,
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(ListJson))]
internal sealed partial class ListJsonContext : JsonSerializerContext;
