using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>The host's own arguments: Cake's, under all their documented names, and what Cake lacks.</summary>
internal static class HostArguments
{
    public const string Group = "Host";

    public static ImmutableArray<ArgumentDeclaration> All { get; } =
    [
        new("target", "what to run; several run in the order given")
        {
            Kind = ArgumentKind.List,
            ValueName = "task",
            Aliases = ["t"],
        },
        Flag("exclusive", "run the target without what it depends on", "e"),
        List("skip", "leave these tasks out; what depends on them runs", "task"),
        Value("parallel", "how many tasks run at the same time (default: processors)", "n") with
        {
            Validate = static value =>
                int.TryParse(value, out var count) && count is >= 1 and <= 512
                    ? null
                    : "expected a number from 1 to 512",
        },
        Flag("keep-going", "after a failure run what does not depend on it"),
        Flag("fail-fast", "after a failure cancel what still runs"),
        Value("verbosity", "how much is printed (default: normal)", "level", "v") with
        {
            Choices = ["quiet", "minimal", "normal", "verbose", "diagnostic"],
            Validate = static value =>
                Verbosities.Parse(value) is null ? "expected quiet, minimal, normal, verbose or diagnostic" : null,
        },
        Flag("no-color", "no colours"),
        Flag("json", "machine-readable output; everything else goes to standard error"),
        Flag("dryrun", "print what would run, in which order and what together", "noop", "whatif", "dry-run"),
        Flag("tree", "print the graph of tasks", "showtree"),
        Flag("description", "print the targets", "descriptions", "showdescription", "showdescriptions"),
        Flag("list", "print the names of the targets; with --json targets and arguments"),
        Value("completion", "print a completion script: source <(… --completion=bash)", "shell") with
        {
            Choices = ["bash", "zsh"],
        },
        Value("working", "run in this folder", "path", "w"),
        Flag("help", "print this", "h", "?"),
        Flag("version", "print the version of the program", "ver"),
        Flag("info", "print the versions of program, Cake and .NET"),
    ];

    /// <summary>The host's arguments but those whose name the program took for its own (<c>--version=&lt;tag&gt;</c>).</summary>
    public static ImmutableArray<ArgumentDeclaration> Beside(ImmutableArray<ArgumentDeclaration> program) =>
        [
            .. All.Where(own => !program.Any(theirs => Same(theirs.Name, own.Name)))
                .Select(own =>
                    own with
                    {
                        Group = Group,
                        Aliases = own.Aliases.RemoveAll(alias =>
                            program.Any(theirs => Same(theirs.Name, alias) || theirs.Aliases.Any(a => Same(a, alias)))
                        ),
                    }
                ),
        ];

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static ArgumentDeclaration Flag(string name, string description, params ImmutableArray<string> aliases) =>
        new(name, description) { Kind = ArgumentKind.Flag, Aliases = aliases };

    private static ArgumentDeclaration Value(
        string name,
        string description,
        string valueName,
        params ImmutableArray<string> aliases
    ) => new(name, description) { ValueName = valueName, Aliases = aliases };

    private static ArgumentDeclaration List(string name, string description, string valueName) =>
        Value(name, description, valueName) with
        {
            Kind = ArgumentKind.List,
        };
}
