using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Pipeline;

/// <summary>What the target Secrets does with a secrets file.</summary>
public enum SecretsAction
{
    /// <summary>Without a key: is it encrypted, for whom, which names does it hold.</summary>
    Check,
    Names,
    Init,
    Set,
    Remove,
    Rotate,
    Edit,
}

/// <param name="Name">Of the secret that is set or removed; null for the other actions.</param>
public sealed record SecretsRequest(SecretsAction Action, string? Name = null)
{
    private const string NeverHere =
        "expected a name alone: the value is read from standard input, because arguments stand in the process list "
        + "and in the shell's history; if it was a real value, renew it where it is used. "
        + "Type: printf %s \"$VALUE\" | ./build.sh --target=Secrets --environment=ENV --set=NAME";

    public static ImmutableArray<RequestArgument> Arguments { get; } =
    [
        Flag("names", "Secrets: print the names in the file (a binary file shows them with a key only)"),
        Flag("init", "Secrets: make a new file; over one that is there with --force --reason"),
        Of("set", "Secrets: set the value of a declared name, read from standard input or asked for", NeverHere),
        Of("remove", "Secrets: take a name out", "expected a name: letters, digits and underscores"),
        Flag("rotate", "Secrets: encrypt everything anew, with a new data key, for the declared recipients"),
        Flag("edit", "Secrets: edit the file with the sops program, where there is one"),
    ];

    /// <exception cref="PipelineException">More than one action.</exception>
    public static SecretsRequest From(Func<string, string?> value, Func<string, bool> flag)
    {
        SecretsRequest[] asked =
        [
            .. flag("names") ? [new SecretsRequest(SecretsAction.Names)] : Array.Empty<SecretsRequest>(),
            .. flag("init") ? [new SecretsRequest(SecretsAction.Init)] : Array.Empty<SecretsRequest>(),
            .. value("set") is { } set ? [new SecretsRequest(SecretsAction.Set, set)] : Array.Empty<SecretsRequest>(),
            .. value("remove") is { } name ? [new(SecretsAction.Remove, name)] : Array.Empty<SecretsRequest>(),
            .. flag("rotate") ? [new SecretsRequest(SecretsAction.Rotate)] : Array.Empty<SecretsRequest>(),
            .. flag("edit") ? [new SecretsRequest(SecretsAction.Edit)] : Array.Empty<SecretsRequest>(),
        ];
        return asked switch
        {
            [] => new(SecretsAction.Check),
            [var one] => one,
            _ => throw new PipelineException(
                ExitCode.Usage,
                "the target Secrets does one thing at a time",
                "one of --names, --init, --set=NAME, --remove=NAME, --rotate, --edit; none of them checks the file"
            ),
        };
    }

    private static RequestArgument Flag(string name, string description) =>
        new(name, ArgumentForm.Flag, "", description);

    private static RequestArgument Of(string name, string description, string expected) =>
        new(
            name,
            ArgumentForm.Value,
            "NAME",
            description,
            Validate: typed => SecretsDeclaration.IsName(typed) ? null : expected,
            Secret: true
        );
}
